import { HarnessError } from "../../errors.ts";
import { isShown } from "../../targets/target.ts";
import { type Check, type NotRun, notApplicable, notShown, type Threat, type Trial } from "../check.ts";
import { declarationOf } from "../declarations.ts";
import type { Answer, Subject } from "../subject.ts";
import { requestFor, type ThingApi, type ThingUser, usesOfOne } from "../things.ts";
import { medianOf, slowerBeyondChance } from "../timing.ts";
import { onEveryThing, type Scene } from "../trespass.ts";

const threat: Threat = {
  cwe: ["CWE-204", "CWE-203", "CWE-208"],
  owasp: ["API1:2023", "API2:2023"],
  asvs: ["V6", "V8"],
};

/** What differs from answer to answer by nature. */
const CHANGING: ReadonlySet<string> = new Set(["date", "apigw-requestid", "connection", "keep-alive"]);

const fingerprint = ({ status, headers, text }: Answer): string =>
  JSON.stringify([status, headers.filter(([name]) => !CHANGING.has(name.toLowerCase())), text]);

/** An id of the same form that nobody has. */
const missingId = (id: string) => id.replace(/[0-9a-z]{6}$/i, (end) => (end === "000000" ? "000001" : "000000"));

const sameBytes: Check = {
  id: "enumeration.same-answer",
  title: "Another user's thing and no thing at all are one answer, byte for byte",
  threat,
  sends: "The same request with another user's id and with an id that nobody has, for each use.",
  holds: "Status, headers and body are the same.",
  async run(subject) {
    return onEveryThing(subject, async (scene) => {
      const trials: Trial[] = [];
      for (const use of usesOfOne(scene.api)) trials.push(await compare(scene, use));
      return trials;
    });
  },
};

async function compare({ api, attacker, victimsThings }: Scene, use: "read" | "change" | "remove"): Promise<Trial> {
  const route = api[use] ?? api.create;
  const { id } = victimsThings[0];
  const send = (asked: string) => attacker.send(route, requestFor(api, use, { id: asked, marker: "whose" }));
  const foreign = await send(id);
  const missing = await send(missingId(id));
  const same = fingerprint(foreign) === fingerprint(missing);
  return {
    attack: `${route.route.routeKey}: another user's against none`,
    verdict: same ? "held" : "breached",
    evidence: same
      ? `${foreign.status} both, the same bytes`
      : `${foreign.status} against ${missing.status}, or other bytes`,
    resource: route.route.declaredBy,
  };
}

const PAIRS = 40;
/** Less than this cannot be told over a network, and on a busy machine means nothing. */
const SMALLEST_DIFFERENCE_MILLISECONDS = 4;

const sameTime: Check = {
  id: "enumeration.same-time",
  title: "Another user's thing takes no longer than none",
  threat: { ...threat, cwe: ["CWE-208"] },
  sends: `${PAIRS} pairs of requests, in turn, with another user's id and with one that nobody has; what looks slower is measured again.`,
  holds: "The times are not apart beyond chance and by more than four milliseconds.",
  alone: true,
  async run(subject) {
    return onEveryThing(subject, async (scene) => {
      const trials: Trial[] = [];
      for (const use of usesOfOne(scene.api))
        trials.push(await measureTwice(scene.api, scene.attacker, use, scene.victimsThings[0].id));
      return trials;
    });
  },
};

async function measureTwice(
  api: ThingApi,
  user: ThingUser,
  use: "read" | "change" | "remove",
  id: string,
): Promise<Trial> {
  const route = api[use] ?? api.create;
  const first = await measure(api, user, use, id);
  const apart = first.apart && (await measure(api, user, use, id)).apart;
  return {
    attack: `${route.route.routeKey}: the time of another user's against none`,
    verdict: apart ? "breached" : "held",
    evidence: apart ? "apart in two measurements, beyond chance" : "no difference beyond chance",
    resource: route.route.declaredBy,
  };
}

async function measure(api: ThingApi, user: ThingUser, use: "read" | "change" | "remove", id: string) {
  const route = api[use] ?? api.create;
  const time = async (asked: string) =>
    (await user.send(route, requestFor(api, use, { id: asked, marker: "when" }))).durationMilliseconds;
  const foreign: number[] = [];
  const missing: number[] = [];
  for (let pair = 0; pair < PAIRS; pair += 1) {
    foreign.push(await time(id));
    missing.push(await time(missingId(id)));
  }
  const difference = Math.abs(medianOf(foreign) - medianOf(missing));
  return { apart: difference > SMALLEST_DIFFERENCE_MILLISECONDS && slowerBeyondChance(foreign, missing) };
}

const CLIENT_TYPE = "aws:cognito/userPoolClient:UserPoolClient";

const signIn: Check = {
  id: "enumeration.sign-in",
  title: "Sign-in and recovery do not tell who has an account",
  threat: { ...threat, cwe: ["CWE-204"], owasp: ["API2:2023"] },
  sends: "Nothing: the app clients are looked at. The pool's answers follow from the setting.",
  holds: "preventUserExistenceErrors is ENABLED on every client.",
  run({ model }) {
    const clients = model.userPools.flatMap((pool) => [...pool.clients.values()]);
    if (clients.length === 0) return notApplicable("the program has no app client");
    return clients.map(
      ({ id, masksUserExistence, name }): Trial => ({
        attack: `an unknown user at the client ${name}`,
        verdict: masksUserExistence ? "held" : "breached",
        evidence: masksUserExistence ? "answered like a wrong password" : "answered that there is no such user",
        resource: declarationOf(model, CLIENT_TYPE, id),
      }),
    );
  },
};

const signInAnswers: Check = {
  id: "enumeration.sign-in-answers",
  title: "A wrong password and an unknown user are one answer",
  threat: { ...threat, cwe: ["CWE-204"], owasp: ["API2:2023"] },
  sends:
    "Sign-ins of a user who exists and of one who does not, with a wrong password, at each client that takes passwords.",
  holds: "The answers are the same, byte for byte.",
  async run(subject) {
    const { model, target, local } = subject;
    const clients = model.userPools.flatMap((pool) =>
      [...pool.clients.values()].filter(({ flows, secret }) => flows.has("USER_PASSWORD_AUTH") && secret === undefined),
    );
    if (clients.length === 0) return notApplicable("no client takes a password itself");
    if (!isShown(target.signIn)) return notShown(target.signIn.notShown);
    const { userPool, givenNames: [name = "somebody"] = [] } = target;
    const doors =
      local === undefined
        ? userPool && [{ url: userPool.endpointUrl, clientId: userPool.clientId }]
        : clients.map(({ id }) => ({ url: local.awsEndpointUrl, clientId: id }));
    if (doors === undefined) return notShown("where the pool answers is not known");
    const username = await usernameOf(subject, name);
    if (typeof username !== "string") return username;
    const trials: Trial[] = [];
    for (const { url, clientId } of doors) trials.push(await compareSignIns(subject, url, clientId, username));
    return trials;
  },
};

async function usernameOf({ target: { signIn }, local }: Subject, name: string): Promise<string | NotRun> {
  if (!isShown(signIn)) return notShown(signIn.notShown);
  try {
    return (await signIn(name)).username;
  } catch (error) {
    // Where tokens are made to order nobody need be able to sign in.
    if (error instanceof HarnessError && local === undefined) return notShown(error.message);
    throw error;
  }
}

async function compareSignIns(
  { model }: Subject,
  endpointUrl: string,
  clientId: string,
  username: string,
): Promise<Trial> {
  const attempt = async (name: string) => {
    const response = await fetch(endpointUrl, {
      method: "POST",
      headers: {
        "content-type": "application/x-amz-json-1.1",
        "x-amz-target": "AWSCognitoIdentityProviderService.InitiateAuth",
      },
      body: JSON.stringify({
        ClientId: clientId,
        AuthFlow: "USER_PASSWORD_AUTH",
        AuthParameters: { USERNAME: name, PASSWORD: "Not-the-password-1" },
      }),
    });
    return `${response.status} ${await response.text()}`;
  };
  const known = await attempt(username);
  const unknown = await attempt("nobody-at-all@example.com");
  return {
    attack: "a wrong password of somebody and of nobody",
    verdict: known === unknown ? "held" : "breached",
    evidence: known === unknown ? "the same answer" : "two answers",
    resource: declarationOf(model, CLIENT_TYPE, clientId),
  };
}

export const enumeration: readonly Check[] = [sameBytes, sameTime, signIn, signInAnswers];
