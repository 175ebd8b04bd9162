import { execFile } from "node:child_process";
import { expect, test } from "vitest";
import { readHttpApis } from "../../harness/apigateway/http-api-reader.ts";
import { type Announced, tourLines } from "../../harness/cli/announcement.ts";
import { faultCollector } from "../../harness/faults.ts";
import { httpApiGraph } from "../apigateway/support/graph.ts";

function lines(): readonly string[] {
  const [api] = readHttpApis(httpApiGraph({ route: { routeKey: "GET /orders" } }), faultCollector());
  if (api === undefined) throw new Error("no API");
  const announced: Announced = {
    apis: [{ api, url: "http://127.0.0.1:3000" }],
    awsEndpointUrl: "http://127.0.0.1:4566",
    region: "eu-west-1",
    stack: "dev",
    userPools: [{ id: "eu-west-1_AbCdEf123", clientIds: ["web"], passwordClientId: "web" }],
    tableNames: [],
    functionNames: [],
    readyMilliseconds: 1,
    asksForSecret: false,
    examples: new Map(),
  };
  return tourLines(announced);
}

/** What a shell prints, errors included; a line that stops it is no fault here. */
function shell(script: string): Promise<string> {
  return new Promise((resolve) => execFile("sh", ["-c", `{ ${script}\n} 2>&1`], (_error, output) => resolve(output)));
}

test.each([
  ["a token", '{"AuthenticationResult":{"AccessToken":"a.b-c_d.e","ExpiresIn":1}}', "[a.b-c_d.e]"],
  [
    "an error",
    '{"__type":"NotAuthorizedException","message":"a\\nb"}',
    '{"__type":"NotAuthorizedException","message":"a\\nb"}\n[]',
  ],
  ["a challenge", '{"ChallengeName":"SMS_MFA","Session":"s"}', '{"ChallengeName":"SMS_MFA","Session":"s"}\n[]'],
])("the sign-in keeps %s, and prints what is none", async (_what, answer, printed) => {
  const [, line = ""] = lines();
  const curl = `curl() { printf '%s' '${answer}'; }`;
  expect(await shell(`TOKEN=old; ${curl}; ${line}; printf '[%s]' "$TOKEN"`)).toBe(printed);
});

test("the call stops without a token, and says why", async () => {
  const [, , line = ""] = lines();
  expect(await shell(`curl() { echo called; }; TOKEN=; ${line}`)).toMatch(/TOKEN: has no value: the line before/);
  expect(await shell(`curl() { echo called; }; TOKEN=t; ${line}`)).toBe("called\n");
});

test("the sign-up stops where a step fails, and prints what it said", async () => {
  const [line = ""] = lines();
  const answers = (failing: string) =>
    `curl() { case "$*" in *${failing}*) echo "no: ${failing}"; return 22;; esac; echo done; }`;
  expect(await shell(`${answers("SignUp")}; ${line}`)).toBe("no: SignUp\n");
  expect(await shell(`${answers("outbox")}; ${line}`)).toBe("done\nno: outbox\n");
  expect(await shell(`${answers("nothing")}; ${line}`)).toBe("done\ndone\n");
});
