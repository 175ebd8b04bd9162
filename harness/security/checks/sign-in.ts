import { createHash, getDiffieHellman } from "node:crypto";
import type { AuthFlow } from "../../cognito/pool/user-pool-client.ts";
import { HarnessError } from "../../errors.ts";
import { isShown } from "../../targets/target.ts";
import { type Check, type NotRun, notApplicable, notShown, type Threat, type Trial } from "../check.ts";
import { declarationOf } from "../declarations.ts";
import type { Subject } from "../subject.ts";

const threat: Threat = { cwe: ["CWE-287", "CWE-305", "CWE-354"], owasp: ["API2:2023"], asvs: ["V6"] };

/** Where somebody who exists can try to sign in. */
interface Door {
  readonly endpointUrl: string;
  readonly clientId: string;
  readonly username: string;
  readonly resource: string;
}

const CLIENT_TYPE = "aws:cognito/userPoolClient:UserPoolClient";

/** Every client without a secret, each with a user of its pool; the target's own client where it was deployed elsewhere. */
async function doorsOf(
  { model, target, local }: Subject,
  { id: check, flow, guesses }: SignInAttack,
): Promise<readonly Door[] | NotRun> {
  const clients = model.userPools.flatMap((pool) => [...pool.clients.values()]);
  const open = clients.filter(({ secret, flows }) => secret === undefined && flows.has(flow));
  if (open.length === 0) return notApplicable(`no client of the program offers ${flow} without a secret`);
  if (!isShown(target.signIn)) return notShown(target.signIn.notShown);
  const endpointUrl = local?.awsEndpointUrl ?? target.userPool?.endpointUrl;
  if (endpointUrl === undefined) return notShown("where the pool answers is not known");
  const { givenNames: [given] = [] } = target;
  if (guesses && given !== undefined) return notShown("guesses would lock out the user who was given");
  // Somebody for each check: wrong guesses lock a user out for a while.
  const name = given ?? check;
  try {
    const { username } = await target.signIn(name);
    return open.map(({ id }) => ({
      endpointUrl,
      username,
      clientId: local === undefined ? (target.userPool?.clientId ?? id) : id,
      resource: declarationOf(model, CLIENT_TYPE, id),
    }));
  } catch (error) {
    // Where tokens are made to order nobody need be able to sign in.
    if (error instanceof HarnessError && local === undefined) return notShown(error.message);
    throw error;
  }
}

interface SignInAttack {
  readonly id: Check["id"];
  readonly title: string;
  readonly flow: AuthFlow;
  /** Whether it tries passwords, proofs or codes of the user's. */
  readonly guesses: boolean;
  readonly sends: string;
  readonly holds: string;
  readonly attack: (door: Door) => Promise<readonly Trial[]>;
}

function signInCheck(options: SignInAttack): Check {
  const { id, title, sends, holds, attack } = options;
  return {
    id,
    title,
    threat,
    sends,
    holds,
    async run(subject) {
      const doors = await doorsOf(subject, options);
      if ("verdict" in doors) return doors;
      return (await Promise.all(doors.map(attack))).flat();
    },
  };
}

interface Said {
  readonly status: number;
  readonly answer: Readonly<Record<string, unknown>>;
}

async function ask({ endpointUrl }: Door, operation: string, body: object): Promise<Said> {
  const response = await fetch(endpointUrl, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": `AWSCognitoIdentityProviderService.${operation}`,
    },
    body: JSON.stringify(body),
  });
  return { status: response.status, answer: (await response.json()) as Said["answer"] };
}

/** Refused, with no token in the answer. */
function refused(attack: string, { resource }: Door, { status, answer }: Said): Trial {
  const type = String(answer.__type ?? "")
    .split("#")
    .at(-1);
  if (status >= 400 && status < 500 && answer.AuthenticationResult === undefined)
    return { attack, resource, verdict: "held", evidence: `refused with ${status} ${type}` };
  const got = answer.AuthenticationResult === undefined ? `answered ${status} ${type}` : "signed in";
  return { attack, resource, verdict: "breached", evidence: got };
}

/** The group that Cognito's clients use: RFC 3526, group 15. */
const PRIME = BigInt(`0x${getDiffieHellman("modp15").getPrime("hex")}`);

const hex = (value: bigint): string => value.toString(16);

const SRP = "USER_SRP_AUTH";

async function srpValues(door: Door): Promise<readonly Trial[]> {
  const values: Readonly<Record<string, string>> = {
    "0": "0",
    "many zeros": "0".repeat(768),
    "the prime": hex(PRIME),
    "the prime, a zero byte before it": `00${hex(PRIME)}`,
    "twice the prime": hex(PRIME * 2n),
    "three times the prime": hex(PRIME * 3n),
    "255 times the prime": hex(PRIME * 255n),
    "the prime times itself": hex(PRIME * PRIME),
    "minus the prime": `-${hex(PRIME)}`,
    nothing: "",
    "text that is no number": "xyz",
  };
  const trials: Trial[] = [];
  for (const [name, SRP_A] of Object.entries(values)) {
    const AuthParameters = { USERNAME: door.username, SRP_A };
    const said = await ask(door, "InitiateAuth", { ClientId: door.clientId, AuthFlow: SRP, AuthParameters });
    trials.push(refused(`a public value that makes the secret known: ${name}`, door, said));
  }
  return trials;
}

/** Answers to a challenge by somebody who does not know the password. */
async function srpProofs(door: Door): Promise<readonly Trial[]> {
  const trials: Trial[] = [];
  const digest = createHash("sha256").update("a guess").digest("base64");
  const proofs: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
    "a guess": {},
    "an empty proof": { PASSWORD_CLAIM_SIGNATURE: "" },
    "a proof of zeros": { PASSWORD_CLAIM_SIGNATURE: Buffer.alloc(32).toString("base64") },
    "half a proof": { PASSWORD_CLAIM_SIGNATURE: digest.slice(0, 20) },
    "no proof": { PASSWORD_CLAIM_SIGNATURE: undefined },
    "another secret block": { PASSWORD_CLAIM_SECRET_BLOCK: Buffer.alloc(64).toString("base64") },
    "no time": { TIMESTAMP: "" },
  };
  for (const [name, changed] of Object.entries(proofs)) {
    const { answer } = await ask(door, "InitiateAuth", {
      ClientId: door.clientId,
      AuthFlow: SRP,
      AuthParameters: { USERNAME: door.username, SRP_A: "2" },
    });
    const given = Object(answer.ChallengeParameters ?? {}) as Readonly<Record<string, string>>;
    const said = await ask(door, "RespondToAuthChallenge", {
      ClientId: door.clientId,
      ChallengeName: "PASSWORD_VERIFIER",
      ...(answer.Session === undefined ? {} : { Session: answer.Session }),
      ChallengeResponses: {
        USERNAME: given.USER_ID_FOR_SRP ?? door.username,
        PASSWORD_CLAIM_SECRET_BLOCK: given.SECRET_BLOCK ?? "",
        PASSWORD_CLAIM_SIGNATURE: digest,
        TIMESTAMP: timestamp(new Date()),
        ...changed,
      },
    });
    trials.push(refused(`a challenge answered with ${name}`, door, said));
  }
  return trials;
}

/** `Sat Nov 28 01:02:03 UTC 2026`, as Cognito's clients write it. */
function timestamp(now: Date): string {
  const [day = "", date = "", month = "", year = "", time = ""] = now.toUTCString().replace(",", "").split(" ");
  return `${day} ${month} ${Number(date)} ${time} UTC ${year}`;
}

async function passwords(door: Door): Promise<readonly Trial[]> {
  const guesses: Readonly<Record<string, unknown>> = {
    "an empty password": "",
    "a blank": " ",
    "the user's name": door.username,
    "a wildcard": "%",
    "a list": ["a"],
    true: true,
    "no password": undefined,
    "a null byte": "\u0000",
    "256 characters": "Aa1!".repeat(64),
  };
  const trials: Trial[] = [];
  for (const [name, PASSWORD] of Object.entries(guesses)) {
    const AuthParameters = { USERNAME: door.username, PASSWORD };
    const AuthFlow = "USER_PASSWORD_AUTH";
    trials.push(
      refused(
        `a sign-in with ${name}`,
        door,
        await ask(door, "InitiateAuth", { ClientId: door.clientId, AuthFlow, AuthParameters }),
      ),
    );
  }
  return trials;
}

/** Steps that belong to a sign-in that nobody has begun. */
async function steps(door: Door): Promise<readonly Trial[]> {
  const ClientId = door.clientId;
  const USERNAME = door.username;
  const respond = (ChallengeName: string, ChallengeResponses: object) =>
    ask(door, "RespondToAuthChallenge", {
      ClientId,
      ChallengeName,
      Session: "A".repeat(64),
      ChallengeResponses: { USERNAME, ...ChallengeResponses },
    });
  return [
    refused(
      "a new password without a session",
      door,
      await respond("NEW_PASSWORD_REQUIRED", { NEW_PASSWORD: "Aa1!aaaaaaaa" }),
    ),
    refused(
      "a second factor without a session",
      door,
      await respond("SOFTWARE_TOKEN_MFA", { SOFTWARE_TOKEN_MFA_CODE: "000000" }),
    ),
    refused("a custom challenge without a session", door, await respond("CUSTOM_CHALLENGE", { ANSWER: "yes" })),
    refused(
      "a refresh token of the attacker's own making",
      door,
      await ask(door, "InitiateAuth", {
        ClientId,
        AuthFlow: "REFRESH_TOKEN_AUTH",
        AuthParameters: { REFRESH_TOKEN: "e30.e30.e30.e30.e30" },
      }),
    ),
    refused(
      "a code of recovery, guessed",
      door,
      await ask(door, "ConfirmForgotPassword", {
        ClientId,
        Username: USERNAME,
        ConfirmationCode: "000000",
        Password: "Aa1!aaaaaaaa",
      }),
    ),
    refused(
      "a code of sign-up, guessed",
      door,
      await ask(door, "ConfirmSignUp", { ClientId, Username: USERNAME, ConfirmationCode: "000000" }),
    ),
    refused("somebody's own data without a token", door, await ask(door, "GetUser", { AccessToken: "e30.e30.e30" })),
  ];
}

export const signIn: readonly Check[] = [
  signInCheck({
    id: "sign-in.public-values",
    title: "A value that makes the shared secret known is refused at once",
    flow: SRP,
    guesses: false,
    sends: "SRP sign-ins with 0, the group's prime and its multiples in the place of the client's public value.",
    holds: "Each is refused before there is a challenge: RFC 5054, section 2.5.4.",
    attack: srpValues,
  }),
  signInCheck({
    id: "sign-in.proofs",
    title: "Without the password no challenge is met",
    flow: SRP,
    guesses: true,
    sends: "SRP challenges answered with guessed, empty, cut and missing proofs.",
    holds: "Each is refused, and no token is given.",
    attack: srpProofs,
  }),
  signInCheck({
    id: "sign-in.passwords",
    title: "A wrong password opens nothing, whatever it looks like",
    flow: "USER_PASSWORD_AUTH",
    guesses: true,
    sends: "Sign-ins with empty, blank, odd and missing passwords.",
    holds: "Each is refused, and no token is given.",
    attack: passwords,
  }),
  signInCheck({
    id: "sign-in.steps",
    title: "No later step of a sign-in, recovery or refresh counts without the ones before",
    flow: "REFRESH_TOKEN_AUTH",
    guesses: true,
    sends: "Answers to challenges that nobody was given, guessed codes, made-up refresh and access tokens.",
    holds: "Each is refused, and no token is given.",
    attack: steps,
  }),
];
