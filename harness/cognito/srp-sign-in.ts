import { type Parameters, required, requiredLogin } from "./auth-parameters.ts";
import { type AuthenticationAnswer, afterPassword } from "./authentication-result.ts";
import { isRefusal, type Refusal, refusals } from "./errors.ts";
import { checkSecretHash } from "./secret-hash.ts";
import type { ServedClient, Service } from "./service.ts";
import { type Candidate, candidateFor, checkAttempts, unmaskedUnknown } from "./sign-in-candidate.ts";
import { hex, proofHolds, readPublicValue, srpServerHalf } from "./srp.ts";
import { isFreshTimestamp } from "./srp-timestamp.ts";

/** Opens `USER_SRP_AUTH`: salt and `B` for whoever asks, known or not. @see https://www.rfc-editor.org/rfc/rfc5054 */
export function srpSignIn(
  service: Service,
  target: ServedClient,
  parameters: Parameters,
): AuthenticationAnswer | Refusal {
  const login = requiredLogin(parameters);
  if (isRefusal(login)) return login;
  const publicText = required(parameters, "SRP_A");
  if (isRefusal(publicText)) return publicText;
  const hashRefusal = checkSecretHash(target.client, [login], parameters.get("SECRET_HASH"));
  if (hashRefusal !== undefined) return hashRefusal;
  const clientPublicValue = readPublicValue(publicText);
  if (clientPublicValue === undefined) return refusals.invalidParameter("SRP_A is not a valid public value");
  const candidate = candidateFor(target, login);
  const refusal = unmaskedUnknown(target, candidate) ?? checkAttempts(service, target.served, candidate.attemptsKey);
  return refusal ?? openSrpChallenge(service, target, candidate, clientPublicValue);
}

function openSrpChallenge(
  service: Service,
  { served, client }: ServedClient,
  { user, userId, credential, attemptsKey }: Candidate,
  clientPublicValue: bigint,
): AuthenticationAnswer {
  const serverHalf = srpServerHalf(credential, service.random);
  const secretBlock = served.challenges.open(
    {
      name: "PASSWORD_VERIFIER",
      poolId: served.pool.id,
      clientId: client.id,
      userId,
      ...(user === undefined ? {} : { sub: user.sub }),
      credential,
      clientPublicValue,
      serverHalf,
      attemptsKey,
    },
    client.sessionSeconds,
  );
  return {
    ChallengeName: "PASSWORD_VERIFIER",
    ChallengeParameters: {
      SALT: credential.salt,
      SECRET_BLOCK: secretBlock,
      SRP_B: hex(serverHalf.publicValue),
      USERNAME: userId,
      USER_ID_FOR_SRP: userId,
    },
  };
}

/** Answers `PASSWORD_VERIFIER`. A secret block works once, whatever the answer was. */
export async function answerPasswordVerifier(
  service: Service,
  target: ServedClient,
  responses: Parameters,
): Promise<AuthenticationAnswer | Refusal> {
  const username = required(responses, "USERNAME");
  if (isRefusal(username)) return username;
  const secretBlock = required(responses, "PASSWORD_CLAIM_SECRET_BLOCK");
  if (isRefusal(secretBlock)) return secretBlock;
  const signature = required(responses, "PASSWORD_CLAIM_SIGNATURE");
  if (isRefusal(signature)) return signature;
  const timestamp = required(responses, "TIMESTAMP");
  if (isRefusal(timestamp)) return timestamp;
  const hashRefusal = checkSecretHash(target.client, [username], responses.get("SECRET_HASH"));
  return hashRefusal ?? verifyProof(service, target, { username, secretBlock, signature, timestamp });
}

interface ProofAnswer {
  readonly username: string;
  readonly secretBlock: string;
  readonly signature: string;
  readonly timestamp: string;
}

async function verifyProof(
  service: Service,
  target: ServedClient,
  answer: ProofAnswer,
): Promise<AuthenticationAnswer | Refusal> {
  const { served, client } = target;
  const challenge = served.challenges.find(answer.secretBlock);
  if (challenge?.name !== "PASSWORD_VERIFIER" || challenge.clientId !== client.id) {
    return refusals.wrongCredentials("the secret block is unknown, used or expired");
  }
  served.challenges.close(answer.secretBlock);
  // Only Cognito's own name for the user is signed and hashed: an alias here is another user's answer.
  if (answer.username !== challenge.userId) return refusals.wrongCredentials("the answer names another user");
  const now = service.clock.nowMilliseconds();
  const locked = served.attempts.check(challenge.attemptsKey, now);
  if (locked !== undefined) return locked;
  if (!isFreshTimestamp(answer.timestamp, now)) return refusals.wrongCredentials("the timestamp is malformed or stale");
  const proof = {
    poolName: served.pool.srpName,
    userId: challenge.userId,
    credential: challenge.credential,
    clientPublicValue: challenge.clientPublicValue,
    serverHalf: challenge.serverHalf,
    secretBlock: Buffer.from(answer.secretBlock, "base64"),
    timestamp: answer.timestamp,
  };
  const user = challenge.sub === undefined ? undefined : served.users.bySub(challenge.sub);
  // A password that was changed meanwhile has another verifier: the old proof must not sign in.
  const current = user?.password?.verifier === challenge.credential.verifier;
  if (!proofHolds(proof, answer.signature) || user === undefined || !current) {
    served.attempts.failed(challenge.attemptsKey, now);
    return refusals.wrongCredentials(user === undefined ? "no such user" : "the SRP proof is wrong");
  }
  served.attempts.succeeded(challenge.attemptsKey);
  return afterPassword(service, { ...target, user });
}
