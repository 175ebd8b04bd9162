import { checkAllTaken, conflictOnceConfirmed } from "./aliases.ts";
import {
  checkAttributes,
  checkMutable,
  checkNotProvided,
  checkRequired,
  type GivenAttribute,
  isContact,
  storedAttributes,
} from "./attributes.ts";
import { required } from "./auth-parameters.ts";
import { type AuthenticationAnswer, afterFirstFactor, type SignIn, startSession } from "./authentication-result.ts";
import { type SessionChallenge, standsFor } from "./challenges.ts";
import { isRefusal, type Refusal, refusals, refuse } from "./errors.ts";
import { checkHistory, withPassword } from "./passwords.ts";
import { checkPassword } from "./pool/password-policy.ts";
import { checkSecretHash } from "./secret-hash.ts";
import type { ServedClient, Service } from "./service.ts";
import { checkAttempts } from "./sign-in-candidate.ts";
import { useSoftwareToken } from "./software-token.ts";
import { answerPasswordVerifier } from "./srp-sign-in.ts";
import { findUser } from "./users.ts";

export interface ChallengeAnswer {
  readonly name: string;
  readonly session: string | undefined;
  readonly responses: ReadonlyMap<string, string>;
}

type Answer = Promise<AuthenticationAnswer | Refusal> | AuthenticationAnswer | Refusal;

/** Answers a challenge that a sign-in posed: by secret block for `PASSWORD_VERIFIER`, by session for the others. */
export function answerChallenge(service: Service, target: ServedClient, answer: ChallengeAnswer): Answer {
  if (answer.name === "PASSWORD_VERIFIER") return answerPasswordVerifier(service, target, answer.responses);
  const open = openChallenge(target, answer);
  if (isRefusal(open)) return open;
  const run = answers[open.challenge.name];
  return run(service, open, answer.responses);
}

const answers: Readonly<
  Record<SessionChallenge["name"], (service: Service, open: OpenChallenge, responses: Responses) => Answer>
> = {
  NEW_PASSWORD_REQUIRED: answerNewPassword,
  SOFTWARE_TOKEN_MFA: answerSoftwareToken,
  MFA_SETUP: answerMfaSetup,
};

type Responses = ReadonlyMap<string, string>;

interface OpenChallenge extends SignIn {
  readonly token: string;
  readonly challenge: SessionChallenge;
}

const invalidSession = (reason: string) =>
  refuse("NotAuthorizedException", "Invalid session for the user, session is expired.", reason);

function openChallenge(target: ServedClient, { name, session, responses }: ChallengeAnswer): OpenChallenge | Refusal {
  const { served, client } = target;
  if (session === undefined) return refusals.invalidParameter("Missing required parameter Session");
  const challenge = served.challenges.find(session);
  if (challenge === undefined || challenge.name === "PASSWORD_VERIFIER") {
    return invalidSession("the session is unknown, used or expired");
  }
  if (challenge.clientId !== client.id) return invalidSession("the session is another client's");
  if (challenge.name !== name) return invalidSession("the session poses another challenge");
  const user = served.users.bySub(challenge.sub);
  if (!standsFor(challenge, user)) return invalidSession("the user is gone or disabled, or has another password");
  const username = required(responses, "USERNAME");
  if (isRefusal(username)) return username;
  if (findUser(served.pool, served.users, username)?.sub !== user.sub) {
    return invalidSession("the answer names another user");
  }
  // Only Cognito's own name for the user is hashed, whichever one the answer goes by.
  const hashRefusal = checkSecretHash(client, [user.username], responses.get("SECRET_HASH"));
  return hashRefusal ?? { ...target, user, token: session, challenge };
}

const ATTRIBUTE_PREFIX = "userAttributes.";

/** The first password of the user's own, with the attributes that are still missing. A password that the policy refuses
 * leaves the session open. */
function answerNewPassword(service: Service, open: OpenChallenge, responses: Responses): Answer {
  const { served, client, user } = open;
  const password = required(responses, "NEW_PASSWORD");
  if (isRefusal(password)) return password;
  const given = givenAttributes(responses);
  const attributes = { ...user.attributes, ...storedAttributes(given), ...unverified(given) };
  const refusal =
    checkPassword(served.pool.passwordPolicy, password) ??
    checkHistory(served.pool, user, password) ??
    checkAttributes(served.pool, client, given) ??
    checkNotProvided(served.pool, user.attributes, given) ??
    checkMutable(served.pool, user.attributes, given) ??
    checkAllTaken(served, user, given) ??
    conflictOnceConfirmed(served, { ...user, attributes }) ??
    checkRequired(served.pool, attributes);
  if (refusal !== undefined) return refusal;
  const changed = { ...withPassword(service, served, user, password), attributes, status: "CONFIRMED" as const };
  served.users.save(changed);
  served.challenges.close(open.token);
  return afterFirstFactor(service, { served, client, user: changed });
}

function givenAttributes(responses: Responses): readonly GivenAttribute[] {
  const named = [...responses].filter(([name]) => name.startsWith(ATTRIBUTE_PREFIX));
  return named.map(([name, Value]) => ({ Name: name.slice(ATTRIBUTE_PREFIX.length), Value }));
}

/** A contact that the user adds is unverified, whatever was said before there was one. */
function unverified(given: readonly GivenAttribute[]): Readonly<Record<string, string>> {
  const contacts = given.filter(({ Name, Value = "" }) => isContact(Name) && Value !== "");
  return Object.fromEntries(contacts.map(({ Name }) => [`${Name}_verified`, "false"]));
}

const WRONG_TRIES_PER_SESSION = 5;

function answerSoftwareToken(service: Service, open: OpenChallenge, responses: Responses): Answer {
  const code = required(responses, "SOFTWARE_TOKEN_MFA_CODE");
  if (isRefusal(code)) return code;
  const { served } = open;
  const attemptsKey = `software token ${open.user.sub}`;
  const now = service.clock.nowMilliseconds();
  const locked = checkAttempts(service, served, attemptsKey);
  if (locked !== undefined) return locked;
  const used = useSoftwareToken(open.user, code, now);
  if (isRefusal(used)) {
    served.attempts.failed(attemptsKey, now);
    return wrongTry(open, used);
  }
  served.attempts.succeeded(attemptsKey);
  served.users.save(used);
  served.challenges.close(open.token);
  return startSession(service, { ...open, user: used });
}

/** Counts a wrong code, for the user too, as a new session is only a password away; after a few the session is closed and the password is asked for again. */
function wrongTry({ served, token, challenge }: OpenChallenge, refusal: Refusal): Refusal {
  const wrongTries = challenge.wrongTries + 1;
  if (wrongTries >= WRONG_TRIES_PER_SESSION) served.challenges.close(token);
  else served.challenges.replace(token, { ...challenge, wrongTries });
  return refusal;
}

/** Follows `VerifySoftwareToken`, which marked the session's user as paired. */
function answerMfaSetup(service: Service, open: OpenChallenge): Answer {
  if (open.challenge.paired !== true || open.user.softwareToken?.verified !== true) {
    return refuse("NotAuthorizedException", "User has not set up a software token.", "no authenticator app is paired");
  }
  open.served.challenges.close(open.token);
  return startSession(service, open);
}
