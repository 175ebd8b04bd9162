import { request as httpRequest } from "node:http";
import { decodeJwt } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { rawCall } from "./support/calls.ts";
import { newPerson, type Person } from "./support/people.ts";
import { type Served, serveProgram } from "./support/served.ts";

interface Asked {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
}

describe("/_harness/*", () => {
  let served: Served;
  let ana: Person;
  beforeAll(async () => {
    served = await serveProgram();
    ana = await newPerson(served, "ana@example.com");
  });
  afterAll(() => served?.close());

  /** `fetch` would set Host, Origin and Sec-Fetch-Site by itself. */
  function ask({ method = "GET", path, headers = {}, body }: Asked): Promise<Answer> {
    const { hostname, port } = new URL(served.awsEndpointUrl);
    return new Promise((resolve, reject) => {
      const request = httpRequest({ hostname, port, method, path, headers });
      request.once("error", reject);
      request.once("response", async (response) => {
        const chunks: Buffer[] = [];
        for await (const chunk of response) chunks.push(chunk as Buffer);
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(chunks).toString(),
        });
      });
      request.end(body);
    });
  }
  const own = () => new URL(served.awsEndpointUrl);
  const paths = [
    "/_harness/health",
    "/_harness/outbox",
    "/_harness/outbox/code?to=ana@example.com",
    "/_harness/journal",
    "/_harness/invocations",
  ];

  test.each(paths)("%s answers a tool on this machine", async (path) => {
    for (const host of ["localhost", "127.0.0.1", "[::1]", "LOCALHOST"]) {
      const answer = await ask({ path, headers: { host: `${host}:${own().port}` } });
      expect(answer.status).toBe(200);
      expect(answer.headers).not.toHaveProperty("access-control-allow-origin");
    }
  });

  const foreign: readonly (readonly [string, () => Readonly<Record<string, string>>])[] = [
    ["a page of another origin", () => ({ origin: "https://evil.example" })],
    ["a page of another port", () => ({ origin: `http://127.0.0.1:${Number(own().port) + 1}` })],
    ["a page that hides its origin", () => ({ origin: "null" })],
    ["a page with an empty origin", () => ({ origin: "" })],
    ["an origin of the same host by TLS", () => ({ origin: `https://127.0.0.1:${own().port}` })],
    ["a name that was rebound to this machine", () => ({ host: `rebound.example:${own().port}` })],
    ["a name that begins like this machine's", () => ({ host: `localhost.evil.example:${own().port}` })],
    ["a name that ends like this machine's", () => ({ host: `evil-localhost:${own().port}` })],
    ["a host with a user in front", () => ({ host: `localhost@evil.example:${own().port}` })],
    ["another address of this machine", () => ({ host: `0.0.0.0:${own().port}` })],
    ["a request that a page of another site made", () => ({ "sec-fetch-site": "cross-site" })],
    ["a request that a page of a sibling site made", () => ({ "sec-fetch-site": "same-site" })],
  ];

  test.each(foreign)("%s is refused everywhere, and sees nothing", async (_name, headers) => {
    for (const path of [...paths, "/_harness/nothing", "/_harness"]) {
      const answer = await ask({ path, headers: headers() });
      expect(answer.status).toBe(403);
      expect(Object.keys(JSON.parse(answer.text))).toEqual(["message"]);
      expect(answer.headers).not.toHaveProperty("access-control-allow-origin");
    }
    const token = await ask({ method: "POST", path: "/_harness/tokens", headers: headers(), body: "{}" });
    expect([token.status, token.text.includes('token":')]).toEqual([403, false]);
    const preflight = { "access-control-request-method": "POST", "access-control-request-headers": "content-type" };
    const asked = await ask({ method: "OPTIONS", path: "/_harness/tokens", headers: { ...headers(), ...preflight } });
    expect(asked.status).toBe(403);
    expect(asked.headers).not.toHaveProperty("access-control-allow-origin");
  });

  test("a page of its own origin, and a request typed into the browser, are answered", async () => {
    const path = "/_harness/health";
    expect((await ask({ path, headers: { origin: own().origin, "sec-fetch-site": "same-origin" } })).status).toBe(200);
    expect((await ask({ path, headers: { "sec-fetch-site": "none" } })).status).toBe(200);
  });

  test("the outbox shows what Cognito would have sent, and the newest code as text", async () => {
    const { text } = await ask({ path: "/_harness/outbox?to=ana@example.com" });
    const { messages } = JSON.parse(text) as { messages: { to: string; code: string; kind: string }[] };
    expect(messages).toHaveLength(1);
    expect(messages[0]).toMatchObject({ to: ana.email, kind: "sign-up", code: expect.stringMatching(/^\d{6}$/) });
    const code = await ask({ path: "/_harness/outbox/code?to=ana@example.com" });
    expect([code.status, code.headers["content-type"], code.text]).toEqual([200, "text/plain", messages[0]?.code]);
    expect((await ask({ path: "/_harness/outbox/code?to=nobody@example.com" })).status).toBe(404);
    expect((await ask({ path: "/_harness/outbox/code" })).status).toBe(404);
    expect(JSON.parse((await ask({ path: "/_harness/outbox?to=nobody@example.com" })).text)).toEqual({ messages: [] });
  });

  test("the journal and the runs of one request", async () => {
    const answer = await rawCall(served, { method: "GET", path: "/todos", token: ana.accessToken });
    const requestId = answer.headers["apigw-requestid"] ?? "";
    const { text } = await ask({ path: `/_harness/journal?requestId=${encodeURIComponent(requestId)}` });
    const { entries } = JSON.parse(text) as { entries: { requestId: string; step: string }[] };
    expect(new Set(entries.map((entry) => entry.requestId))).toEqual(new Set([requestId]));
    expect(entries.map(({ step }) => step)).toContain("authorizer");
    expect(JSON.parse((await ask({ path: "/_harness/journal?requestId=nobody" })).text)).toEqual({ entries: [] });
    const runs = JSON.parse((await ask({ path: "/_harness/invocations" })).text) as { invocations: object[] };
    expect(runs.invocations).toContainEqual(expect.objectContaining({ requestId }));
  });

  test.each([
    ["an access token by default", {}, { token_use: "access" }],
    ["a sub", { sub: "abc" }, { sub: "abc", token_use: "access" }],
    ["a known user by name", { username: "ana@example.com" }, { sub: () => ana.sub }],
    [
      "a known user by the name that the command line gives as both",
      { username: "ana@example.com", sub: "ana@example.com" },
      { sub: () => ana.sub },
    ],
    [
      "an ID token",
      { sub: "abc", tokenUse: "id", claims: { email: "a@example.com" } },
      { token_use: "id", email: "a@example.com" },
    ],
    ["a claim taken away", { claims: { scope: null } }, { scope: undefined }],
  ] as const)("makes %s", async (_name, request, expected) => {
    const answer = await ask({ method: "POST", path: "/_harness/tokens", body: JSON.stringify(request) });
    expect(answer.status).toBe(200);
    expect(answer.headers["cache-control"]).toBe("no-store");
    const claims = decodeJwt((JSON.parse(answer.text) as { token: string }).token);
    for (const [claim, value] of Object.entries(expected)) {
      expect(claims[claim]).toEqual(typeof value === "function" ? value() : value);
    }
  });

  test.each([
    ["{", "The body must be a JSON object."],
    ["[]", "The body must be a JSON object."],
    ["null", "The body must be a JSON object."],
    ['"text"', "The body must be a JSON object."],
    ['{"sub":1}', "sub must be a string."],
    ['{"username":{}}', "username must be a string."],
    ['{"userPoolId":[]}', "userPoolId must be a string."],
    ['{"clientId":false}', "clientId must be a string."],
    ['{"tokenUse":"refresh"}', "tokenUse must be access or id."],
    ['{"claims":[]}', "claims must be an object."],
    ['{"claims":"x"}', "claims must be an object."],
    ['{"expiresInSeconds":1.5}', "expiresInSeconds must be an integer."],
    ['{"expiresInSeconds":"60"}', "expiresInSeconds must be an integer."],
    ['{"userPoolId":"eu-west-1_nobodys00"}', "No user pool or client has this id."],
    ['{"clientId":"constructor"}', "No user pool or client has this id."],
  ])("makes no token of %s", async (body, message) => {
    const answer = await ask({ method: "POST", path: "/_harness/tokens", body });
    expect([answer.status, JSON.parse(answer.text)]).toEqual([400, { message }]);
  });

  test.each([
    ["GET", "/_harness/tokens"],
    ["POST", "/_harness/health"],
    ["GET", "/_harness/constructor"],
    ["GET", "/_harness//health"],
    ["DELETE", "/_harness/outbox"],
    ["GET", "/_harness"],
  ])("%s %s is no route, and the answer names those that there are", async (method, path) => {
    const answer = await ask({ method, path });
    expect(answer.status).toBe(404);
    expect(answer.text).toContain("GET /_harness/outbox/code");
  });

  test("the API's own listener has no such routes", async () => {
    const answer = await rawCall(served, { method: "GET", path: "/_harness/outbox" });
    expect([answer.status, answer.text]).toEqual([404, '{"message":"Not Found"}']);
  });
});
