import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type SmallProgram, smallProgram } from "../pulumi/support/small-program.ts";
import { type Served, serveProgram } from "./support/served.ts";

/** A pool whose users confirm their address, and a function whose runtime is another Node.js than the harness's. */
const PROGRAM = `import * as aws from "@pulumi/aws";
const pool = new aws.cognito.UserPool("pool", { usernameAttributes: ["email"], autoVerifiedAttributes: ["email"] });
new aws.cognito.UserPoolClient("app", { userPoolId: pool.id });
new aws.lambda.CallbackFunction("older", { runtime: "nodejs20.x", callback: async () => "here" });
`;

let program: SmallProgram;
let dataDirectory: string;
beforeAll(async () => {
  program = await smallProgram({ "index.ts": PROGRAM });
  dataDirectory = await mkdtemp(join(tmpdir(), "restarts-"));
});
afterAll(async () => {
  await program.remove();
  await rm(dataDirectory, { recursive: true, force: true });
});

async function started<T>(act: (served: Served) => Promise<T>): Promise<T> {
  const served = await serveProgram({ programDirectory: program.directory, dataDirectory });
  try {
    return await act(served);
  } finally {
    await served.close();
  }
}

async function call(served: Served, operation: string, input: object): Promise<Response> {
  return fetch(served.awsEndpointUrl, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": `AWSCognitoIdentityProviderService.${operation}`,
    },
    body: JSON.stringify({ ClientId: served.clientId, ...input }),
  });
}

test("who has not confirmed an address yet finds the code after a restart with the same data directory", async () => {
  const Username = "half@example.com";
  await started((served) => call(served, "SignUp", { Username, Password: "Correct-horse-7" }));
  await started(async (served) => {
    const code = await fetch(`${served.awsEndpointUrl}/_harness/outbox/code?to=${Username}`);
    const confirmed = await call(served, "ConfirmSignUp", { Username, ConfirmationCode: await code.text() });
    expect([code.status, confirmed.status]).toEqual([200, 200]);
    expect(served.lines.join("\n")).not.toContain("verification code");
  });
});

test("a warning names its resource once", async () => {
  const lines = await started(async (served) => served.lines);
  expect(lines.filter((line) => line.includes("older"))).toEqual([
    expect.stringMatching(
      /^aws:lambda\/function:Function older: the runtime is nodejs20\.x, but here it runs on Node(?!.*Function older)/,
    ),
  ]);
});
