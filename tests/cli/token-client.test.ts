import { afterEach, describe, expect, test } from "vitest";
import { requestToken } from "../../harness/cli/token-client.ts";
import { systemClock } from "../../harness/clock.ts";
import type { HttpRequest, HttpResponse } from "../../harness/http.ts";
import { type Listener, listen } from "../../harness/http-server.ts";

const open: Listener[] = [];
afterEach(async () => {
  for (const listener of open.splice(0)) await listener.close(0);
});

async function portThatAnswers(
  answer: Pick<HttpResponse, "status" | "body">,
  seen: HttpRequest[] = [],
): Promise<number> {
  const handler = (request: HttpRequest) => {
    seen.push(request);
    return { headers: [["content-type", "application/json"]] as const, ...answer };
  };
  const listener = await listen({ name: "the test", port: 0, handler, clock: systemClock, onDefect: () => {} });
  open.push(listener);
  return listener.port;
}

const options = { user: "ana", tokenUse: "access" } as const;

describe("asking for a token", () => {
  test("sends what was asked for, and gives the token", async () => {
    const seen: HttpRequest[] = [];
    const awsPort = await portThatAnswers({ status: 200, body: '{"token":"a.b.c"}' }, seen);
    const asked = { ...options, awsPort, claims: { scope: "x" }, expiresInSeconds: -1, userPoolId: "p", clientId: "c" };
    expect(await requestToken(asked)).toBe("a.b.c");
    expect(seen.map(({ method, target }) => `${method} ${target}`)).toEqual(["POST /_harness/tokens"]);
    expect(JSON.parse(seen[0]?.body.toString() ?? "")).toEqual({
      username: "ana",
      sub: "ana",
      tokenUse: "access",
      claims: { scope: "x" },
      expiresInSeconds: -1,
      userPoolId: "p",
      clientId: "c",
    });
  });

  test("hands a refusal on as a mistake of the user's", async () => {
    const awsPort = await portThatAnswers({ status: 400, body: '{"message":"The program has no user pool."}' });
    await expect(requestToken({ ...options, awsPort })).rejects.toMatchObject({
      code: "USAGE",
      message: "The program has no user pool.",
    });
  });

  test.each(["<html>", "", "null", "[]", '{"token":1}'])("knows a stranger that answers %j", async (body) => {
    const awsPort = await portThatAnswers({ status: 200, body });
    await expect(requestToken({ ...options, awsPort })).rejects.toMatchObject({
      code: "TARGET_UNREACHABLE",
      message: expect.stringContaining(`What answers on port ${awsPort} is not a harness.`),
    });
  });

  test("says that nobody is there", async () => {
    const awsPort = await portThatAnswers({ status: 200, body: "" });
    await open.pop()?.close(0);
    await expect(requestToken({ ...options, awsPort })).rejects.toMatchObject({
      code: "TARGET_UNREACHABLE",
      message: expect.stringContaining(`No harness answers on port ${awsPort}.`),
    });
  });
});
