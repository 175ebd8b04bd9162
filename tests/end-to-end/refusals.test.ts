import { createHmac, createPublicKey } from "node:crypto";
import { join } from "node:path";
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Call, create, rawCall, rowsOf, traceOf } from "./support/calls.ts";
import { newPerson, type Person } from "./support/people.ts";
import { ROOT } from "./support/scratch-program.ts";
import { type Served, serveProgram } from "./support/served.ts";

const UNAUTHORIZED = { status: 401, text: '{"message":"Unauthorized"}' } as const;
const FORBIDDEN = { status: 403, text: '{"message":"Forbidden"}' } as const;

interface Refusal {
  readonly name: string;
  /** The `Authorization` header, made of a good access token; `undefined` sends none. */
  readonly authorization: (good: string) => string | undefined | Promise<string | undefined>;
  readonly answer: typeof UNAUTHORIZED | typeof FORBIDDEN;
}

function base64url(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

function parts(token: string): [Record<string, unknown>, JWTPayload, string] {
  const [header = "", payload = "", signature = ""] = token.split(".");
  const read = (text: string) => JSON.parse(Buffer.from(text, "base64url").toString());
  return [read(header), read(payload), signature];
}

describe("who is not let in", () => {
  let served: Served;
  let elsewhere: Served;
  let ana: Person;
  let path: string;
  beforeAll(async () => {
    [served, elsewhere] = await Promise.all([
      serveProgram(),
      serveProgram({ programDirectory: join(ROOT, "tests/fixtures/echo") }),
    ]);
    ana = await newPerson(served, "ana@example.com");
    path = `/todos/${(await create(served, ana.accessToken, "kept")).todoId}`;
  });
  afterAll(async () => {
    await served?.close();
    await elsewhere?.close();
  });

  const minted = async (from: Served, request: Parameters<Served["mintToken"]>[0]) => {
    const answer = await from.mintToken(request);
    if ("refused" in answer) throw new Error(answer.refused);
    return answer.token;
  };
  const mint = (request: Parameters<Served["mintToken"]>[0]) =>
    minted(served, { username: ana.email, ...request }).then((token) => `Bearer ${token}`);
  const publicKey = async () => {
    const answer = await fetch(`${served.awsEndpointUrl}/${served.userPoolId}/.well-known/jwks.json`);
    const { keys } = (await answer.json()) as { keys: { kid: string }[] };
    return keys;
  };
  const signedBy = async (good: string, header: Record<string, unknown>) => {
    const [original, payload] = parts(good);
    const { privateKey, publicKey } = await generateKeyPair("RS256");
    const jwk = await exportJWK(publicKey);
    const own = header.jwk === undefined ? {} : { jwk };
    return new SignJWT(payload).setProtectedHeader({ alg: "RS256", ...original, ...header, ...own }).sign(privateKey);
  };

  const refusals: readonly Refusal[] = [
    { name: "no token", authorization: () => undefined, answer: UNAUTHORIZED },
    { name: "an empty header", authorization: () => "", answer: UNAUTHORIZED },
    { name: "the scheme alone", authorization: () => "Bearer ", answer: UNAUTHORIZED },
    { name: "something that is no token", authorization: () => "Bearer abc", answer: UNAUTHORIZED },
    { name: "another scheme", authorization: (good) => `Basic ${good}`, answer: UNAUTHORIZED },
    { name: "two tokens", authorization: (good) => `Bearer ${good} ${good}`, answer: UNAUTHORIZED },
    {
      name: "alg none, without signature",
      authorization: (good) => `Bearer ${base64url({ ...parts(good)[0], alg: "none" })}.${base64url(parts(good)[1])}.`,
      answer: UNAUTHORIZED,
    },
    {
      name: "alg none, with the old signature",
      authorization: (good) =>
        `Bearer ${base64url({ ...parts(good)[0], alg: "none" })}.${base64url(parts(good)[1])}.${parts(good)[2]}`,
      answer: UNAUTHORIZED,
    },
    {
      name: "HS256 keyed with the public key",
      async authorization(good) {
        const [header, payload] = parts(good);
        const key = (await publicKey()).find(({ kid }) => kid === header.kid) as never;
        const pem = createPublicKey({ key, format: "jwk" }).export({ type: "spki", format: "pem" });
        const signed = `${base64url({ ...header, alg: "HS256" })}.${base64url(payload)}`;
        return `Bearer ${signed}.${createHmac("sha256", pem).update(signed).digest("base64url")}`;
      },
      answer: UNAUTHORIZED,
    },
    {
      name: "another key under the pool's key id",
      authorization: async (good) => `Bearer ${await signedBy(good, {})}`,
      answer: UNAUTHORIZED,
    },
    {
      name: "another key under its own id",
      authorization: async (good) => `Bearer ${await signedBy(good, { kid: "mine" })}`,
      answer: UNAUTHORIZED,
    },
    {
      name: "another key that the token brings along",
      authorization: async (good) => `Bearer ${await signedBy(good, { jwk: true })}`,
      answer: UNAUTHORIZED,
    },
    {
      name: "another user's sub under the old signature",
      authorization(good) {
        const [header = "", , signature = ""] = good.split(".");
        return `Bearer ${header}.${base64url({ ...parts(good)[1], sub: "somebody-else" })}.${signature}`;
      },
      answer: UNAUTHORIZED,
    },
    { name: "expired", authorization: () => mint({ expiresInSeconds: -10 }), answer: UNAUTHORIZED },
    { name: "without an end", authorization: () => mint({ claims: { exp: null } }), answer: UNAUTHORIZED },
    { name: "not yet valid", authorization: () => mint({ claims: { nbf: 4_000_000_000 } }), answer: UNAUTHORIZED },
    {
      name: "another client's",
      authorization: () => mint({ claims: { client_id: "somebody" } }),
      answer: UNAUTHORIZED,
    },
    { name: "no client's", authorization: () => mint({ claims: { client_id: null } }), answer: UNAUTHORIZED },
    {
      name: "an issuer with a slash at its end",
      authorization: (good) => mint({ claims: { iss: `${parts(good)[1].iss}/` } }),
      answer: UNAUTHORIZED,
    },
    {
      name: "another pool's, with a real signature",
      authorization: async () => `Bearer ${await minted(elsewhere, { username: ana.email })}`,
      answer: UNAUTHORIZED,
    },
    {
      name: "another pool's, which claims to be this one's",
      authorization: async (good) =>
        `Bearer ${await minted(elsewhere, { claims: { iss: parts(good)[1].iss, client_id: served.clientId } })}`,
      answer: UNAUTHORIZED,
    },
    { name: "an ID token", authorization: () => `Bearer ${ana.idToken}`, answer: FORBIDDEN },
    { name: "a refresh token", authorization: () => `Bearer ${ana.refreshToken}`, answer: UNAUTHORIZED },
    {
      name: "an access token without scopes",
      authorization: () => mint({ claims: { scope: null } }),
      answer: FORBIDDEN,
    },
    { name: "other scopes", authorization: () => mint({ claims: { scope: "openid email" } }), answer: FORBIDDEN },
    {
      name: "a scope that only begins alike",
      authorization: () => mint({ claims: { scope: "aws.cognito.signin.user.administrator" } }),
      answer: FORBIDDEN,
    },
  ];

  const fiveRoutes = (): readonly Omit<Call, "token">[] => [
    { method: "POST", path: "/todos", json: { title: "never" } },
    { method: "GET", path: "/todos" },
    { method: "GET", path },
    { method: "PUT", path, json: { title: "never" } },
    { method: "DELETE", path },
  ];

  test.each(refusals)("$name: refused on every route, and no function ran", async ({ authorization, answer }) => {
    const value = await authorization(ana.accessToken);
    const headers: Record<string, string> = value === undefined ? {} : { authorization: value };
    const before = await rowsOf(served, ana.sub);
    const runs = served.invocations().length;
    const printed = served.lines.length;
    for (const route of fiveRoutes()) {
      const response = await rawCall(served, { ...route, headers });
      expect(response).toMatchObject(answer);
      const { entries, invocations } = traceOf(served, response.headers);
      expect(invocations).toEqual([]);
      expect(entries.map(({ step, outcome }) => `${step} ${outcome}`)).toEqual([
        "route allowed",
        "authorizer denied",
        "response answered",
      ]);
      expect(entries.find(({ step }) => step === "authorizer")?.reason).not.toBe("");
    }
    expect(served.invocations()).toHaveLength(runs);
    expect(await rowsOf(served, ana.sub)).toBe(before);
    const lines = served.lines.slice(printed);
    expect(lines.filter((line) => !line.startsWith("[access]"))).toEqual([]);
    expect(lines).toHaveLength(5);
    for (const secret of value?.split(/[ .]/).filter((part) => part.length > 20) ?? []) {
      expect(lines.join("\n")).not.toContain(secret);
      expect(JSON.stringify(served.journal.entries())).not.toContain(secret);
    }
  });

  test("the token that the refused ones were made of is good on every route", async () => {
    const statuses: number[] = [];
    for (const route of fiveRoutes()) {
      statuses.push((await rawCall(served, { ...route, token: ana.accessToken })).status);
    }
    expect(statuses).toEqual([201, 200, 200, 200, 204]);
    path = `/todos/${(await create(served, ana.accessToken, "kept")).todoId}`;
  });

  test("a token in the query, in a cookie or in another header is no token", async () => {
    const token = ana.accessToken;
    for (const headers of [{ cookie: `Authorization=${token}` }, { "x-authorization": `Bearer ${token}` }]) {
      const response = await rawCall(served, { method: "GET", path: `/todos?Authorization=${token}`, headers });
      expect(response).toMatchObject(UNAUTHORIZED);
      expect(traceOf(served, response.headers).invocations).toEqual([]);
    }
  });
});
