import { afterEach, expect, test, vi } from "vitest";
import { call, create } from "./support/calls.ts";
import { newPerson } from "./support/people.ts";
import { serveProgram } from "./support/served.ts";

afterEach(() => vi.unstubAllEnvs());

/** What a developer's shell may hold. Nobody listens on port 9, and there is no such profile. */
const shell = {
  AWS_ACCESS_KEY_ID: "AKIAOFTHEDEVELOPER",
  AWS_SECRET_ACCESS_KEY: "of-the-developer",
  AWS_SESSION_TOKEN: "of-the-developer",
  AWS_PROFILE: "nobody",
  AWS_REGION: "us-gov-west-1",
  AWS_DEFAULT_REGION: "us-gov-west-1",
  AWS_ENDPOINT_URL: "http://127.0.0.1:9",
  AWS_ENDPOINT_URL_DYNAMODB: "http://127.0.0.1:9",
  HTTP_PROXY: "http://127.0.0.1:9",
  HTTPS_PROXY: "http://127.0.0.1:9",
  PULUMI_CONFIG: '{"aws:region":"us-gov-west-1"}',
  TABLE_NAME: "of-the-developer",
};

test.each([
  ["full of settings for AWS", shell],
  ["without any", Object.fromEntries(Object.keys(shell).map((name) => [name, undefined]))],
])("the program runs the same in a shell %s", async (_name, environment) => {
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  const served = await serveProgram();
  try {
    expect(served.region).toBe("eu-west-1");
    const { accessToken: token } = await newPerson(served, "ana@example.com");
    const todo = await create(served, token, "Here");
    await call(served, { method: "GET", path: "/todos", token }).expect(200, { items: [todo] });
    expect(served.lines.join("\n")).not.toContain("of-the-developer");
  } finally {
    await served.close();
  }
});
