import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeJwt } from "jose";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import {
  allGone,
  commandOf,
  descendants,
  type RunningCommand,
  runCommand,
  startCommand,
  startServing,
} from "./support/command.ts";
import { ROOT, type ScratchProgram, scratchProgram } from "./support/scratch-program.ts";

const noStack = /^\s+at |node:internal|Node\.js v/m;

async function temporaryFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), "command-line-"));
}

test.each([["--help"], ["serve", "--help"], ["token", "--help"], ["graph", "-h"]])(
  "%s %s prints how it is used, and does nothing else",
  async (...words) => {
    const { code, output, errors } = await runCommand(words);
    expect({ code, errors }).toEqual({ code: 0, errors: "" });
    expect(output).toMatch(/^Usage: npm (start|run token|run graph) -- /);
  },
);

test.each([
  [["dance"], "There is no command dance. There are: "],
  [["constructor"], "There is no command constructor."],
  [["serve", "--nope"], "--nope"],
  [["--port", "many"], "--port takes a port from 0 to 65535."],
  [["--port", "65536"], "--port takes a port from 0 to 65535."],
  [["serve", "--user", "ana"], "serve has no option --user."],
  [["graph", "--port", "1"], "graph has no option --port."],
  [["token"], "token needs --user NAME."],
  [["token", "--user", "ana", "--claims", "[1]"], "--claims takes a JSON object"],
  [["--engine", "sqlite"], "--engine takes auto, dynoxide, dynalite, or an http(s) URL."],
  [["--stack", "../dev"], "--stack takes a stack's name"],
  [["--config", "novalue"], "--config takes KEY=VALUE."],
  [["token", "--user", "ana", "--record", "f"], "token has no option --record."],
] as const)("%j is a mistake that is named in a sentence, with exit code 2", async (words, message) => {
  const { code, output, errors } = await runCommand(words);
  expect({ code, output }).toEqual({ code: 2, output: "" });
  expect(errors).toContain(message);
  expect(errors).toMatch(/ See --help\.$/);
  expect(errors).not.toMatch(noStack);
});

describe("what cannot be served is said in sentences, with exit code 1", () => {
  let program: ScratchProgram;
  beforeAll(async () => {
    program = await scratchProgram(join(ROOT, "tests/fixtures/echo"));
  });
  afterAll(() => program?.remove());
  const onFreePorts = ["--json", "--port", "0", "--aws-port", "0"];

  async function expectRefusal(words: readonly string[], ...told: readonly (string | RegExp)[]): Promise<void> {
    const { code, output, errors } = await runCommand(["serve", ...onFreePorts, ...words]);
    expect({ code, output }).toEqual({ code: 1, output: "" });
    for (const text of told) expect(errors).toMatch(text);
    expect(errors).not.toMatch(noStack);
  }

  test("a folder without a program", async () => {
    const empty = await temporaryFolder();
    await expectRefusal(["--program", empty], "There is no Pulumi.yaml in", "--program");
    await rm(empty, { recursive: true });
  });

  test("a stack that is not there", () =>
    expectRefusal(["--stack", "moon"], "There is no Pulumi.moon.yaml", "dev, localstack, prod, staging", "--stack"));

  test("a recording where no file can be", () =>
    expectRefusal(
      ["--record", join(program.directory, "no/events.json")],
      /events cannot be written to .*events\.json/,
    ));

  test("a seed file that is not there", () =>
    expectRefusal(["--seed", join(program.directory, "seed.json")], "seed.json cannot be read"));

  test("a data directory that is a file", () =>
    expectRefusal(["--data", join(ROOT, "package.json")], "The data directory", "cannot be used"));

  test("an endpoint of DynamoDB at which nobody answers", () =>
    expectRefusal(["--engine", "http://127.0.0.1:9"], "http://127.0.0.1:9"));

  test("a program that throws, with the place in its source", async () => {
    const index = await program.read("index.ts");
    await program.write("index.ts", `${index}\nthrow new Error("broken on purpose");\n`);
    const { code, output, errors } = await runCommand(["serve", ...onFreePorts, "--program", program.directory]);
    expect({ code, output }).toEqual({ code: 1, output: "" });
    expect(errors).toContain("broken on purpose");
    expect(errors).toContain(`index.ts:${index.split("\n").length + 1}`);
    expect(errors).not.toMatch(/node_modules|harness\//);
    await program.write("index.ts", index);
  });

  test("a program with several faults, all of them at once", async () => {
    const index = await program.read("index.ts");
    const more = [
      'import * as ec2 from "@pulumi/aws/ec2";',
      'new ec2.Vpc("net", {});',
      'new iam.RolePolicy("odd", { role: role.id, policy: JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Perhaps", Action: "dynamodb:GetItem", Resource: "*" }] }) });',
      'new apigatewayv2.Route("loose", { apiId: api.id, routeKey: "GET loose", target: "integrations/none" });',
    ];
    await program.write("index.ts", `${index}\n${more.join("\n")}\n`);
    await expectRefusal(
      ["--program", program.directory],
      /The program is not served: \d+ faults\./,
      /ec2\/vpc:Vpc net/,
      /iam\/rolePolicy:RolePolicy odd/,
      /apigatewayv2\/route:Route loose/,
    );
    await program.write("index.ts", index);
  });

  test.each([
    ["--port", "the API"],
    ["--aws-port", "the AWS endpoint"],
  ])("a port that is taken, for %s", async (option, name) => {
    const other = createServer();
    await new Promise<void>((listening) => other.listen(0, "127.0.0.1", listening));
    const port = String((other.address() as AddressInfo).port);
    await expectRefusal([option, port], `Port ${port} for ${name}`, "is taken by another process", `with ${option},`);
    other.close();
  });
});

describe("serve", () => {
  test("with --json, standard output is one line", async () => {
    const command = await startServing();
    const { code, output, errors } = await command.stop("SIGINT");
    expect(code).toBe(0);
    expect(output.split("\n")).toHaveLength(1);
    expect(Object.keys(command.ready)).toEqual([
      "apiUrl",
      "awsEndpointUrl",
      "region",
      "stack",
      "userPoolId",
      "userPoolClientId",
      "tableName",
      "readyMilliseconds",
    ]);
    expect(command.ready).toMatchObject({
      apiUrl: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      awsEndpointUrl: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      region: "eu-west-1",
      stack: "dev",
      userPoolId: expect.stringMatching(/^eu-west-1_[A-Za-z0-9]{9}$/),
      tableName: expect.stringMatching(/^todos-/),
      readyMilliseconds: expect.any(Number),
    });
    expect(errors).not.toMatch(noStack);
  });

  test("the stage's name is part of the URL", async () => {
    const command = await startServing([
      "--program",
      join(ROOT, "tests/fixtures/echo"),
      "--config",
      "echo:greeting=hi",
    ]);
    const answer = await fetch(`${command.ready.apiUrl}/hello`);
    expect(await answer.json()).toEqual({ greeting: "hi" });
    expect(command.ready).toMatchObject({ apiUrl: expect.stringMatching(/\/dev$/), tableName: null });
    await command.stop("SIGTERM");
  });

  test("with --record, keeps what its functions were given, with tokens that nobody can use", async () => {
    const folder = await temporaryFolder();
    const file = join(folder, "events.json");
    const command = await startServing(["--record", file]);
    const { apiUrl, awsEndpointUrl } = command.ready;
    const minted = await fetch(`${awsEndpointUrl}/_harness/tokens`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ username: "ana" }),
    });
    const { token } = (await minted.json()) as { token: string };
    for (const headers of [{}, { authorization: `Bearer ${token}` }]) await fetch(`${apiUrl}/todos`, { headers });
    const { errors } = await command.stop("SIGINT");
    expect(errors).toContain(`1 event recorded in ${file}.`);
    const text = await readFile(file, "utf8");
    expect(text).not.toContain(token.split(".")[2]);
    expect(JSON.parse(text)).toMatchObject([{ routeKey: "GET /todos", requestContext: { authorizer: { jwt: {} } } }]);
    await rm(folder, { recursive: true });
  });

  test.each([
    ["", []],
    [" also where a seeded user stands in the way of the sign-up", ["--seed", join(ROOT, "tests/support/users.json")]],
  ])("without --json, prints a tour of commands that work when pasted%s", async (_where, words) => {
    const command = startCommand(["--port", "0", "--aws-port", "0", ...words]);
    await command.line(/^Ready in \d+ ms\. Ctrl-C stops it\.$/);
    expect(command.output.includes("Seed: 2 users created.")).toBe(words.length > 0);
    const tour = command.output.map((line) => line.trim()).filter((line) => /^(curl|TOKEN=)/.test(line));
    expect(tour).toHaveLength(3);
    const pasted = await shell([...tour, 'printf "\\n%s" "$TOKEN"'].join("\n"));
    expect(pasted).toContain('"title":"Buy milk"');
    expect(pasted.includes("UsernameExistsException")).toBe(words.length > 0);
    await command.stop("SIGINT");
  });

  test.each(["SIGINT", "SIGTERM"] as const)("%s ends it with code 0 and leaves nothing behind", async (signal) => {
    const temporary = await temporaryFolder();
    // With the check of types, which is a process too.
    const environment = { TMPDIR: temporary, PULUMI_NODEJS_TRANSPILE_ONLY: "false" };
    const command = await startServing(["--engine", "dynoxide"], { environment });
    expect((await fetch(`${command.ready.apiUrl}/todos`)).status).toBe(401);
    const children = descendants(command.pid);
    expect(children.length).toBeGreaterThan(0);
    expect(await readdir(temporary)).not.toEqual([]);
    expect((await command.stop(signal)).code).toBe(0);
    await allGone(children);
    expect(await readdir(temporary)).toEqual([]);
    await rm(temporary, { recursive: true });
  });

  test.each(["SIGINT", "SIGKILL"] as const)(
    "%s ends the process that waits for the next change too",
    async (signal) => {
      const command = await startServing(["--program", "tests/fixtures/echo"]);
      const waiting = () => descendants(command.pid).filter((pid) => commandOf(pid).includes("evaluation-process"));
      await vi.waitFor(() => expect(waiting()).not.toEqual([]), { timeout: 20_000 });
      const children = descendants(command.pid);
      await command.stop(signal);
      await allGone(children);
    },
  );

  test.each(["SIGINT", "SIGTERM"] as const)("%s while the program is evaluated ends that as well", async (signal) => {
    const temporary = await temporaryFolder();
    const program = await scratchProgram(join(ROOT, "tests/fixtures/echo"));
    const index = await program.read("index.ts");
    await program.write("index.ts", `${index}\nconsole.log("evaluated");\nsetInterval(() => {}, 1_000);\n`);
    const words = ["serve", "--port", "0", "--aws-port", "0", "--program", program.directory];
    const command = startCommand(words, { environment: { TMPDIR: temporary } });
    await command.line(/^evaluated$/);
    const children = descendants(command.pid);
    const { code, errors } = await command.stop(signal);
    expect({ code, errors }).toEqual({ code: 0, errors: "" });
    await allGone(children);
    expect(await readdir(temporary)).toEqual([]);
    await Promise.all([program.remove(), rm(temporary, { recursive: true })]);
  });

  test("a change of a file is served, a broken one is reported, a mended one is served again", async () => {
    const program = await scratchProgram(join(ROOT, "tests/fixtures/echo"));
    const command = await startServing(["--program", program.directory]);
    const index = await program.read("index.ts");
    const hello = async () => (await fetch(`${command.ready.apiUrl}/hello`)).json();
    try {
      expect(await hello()).toEqual({ greeting: "hello" });
      await program.write("Pulumi.dev.yaml", "config:\n  aws:region: eu-central-1\n  echo:greeting: servus\n");
      await command.line(/^Changed; serving the new version after \d+ ms\.$/);
      expect(await hello()).toEqual({ greeting: "servus" });
      await program.write("index.ts", `${index}\nthrow new Error("broken on purpose");\n`);
      await command.line(/^Changed, but not served; the last good version goes on\.$/);
      await command.line(/broken on purpose/);
      expect(await hello()).toEqual({ greeting: "servus" });
      const before = command.errors.length;
      await program.write("index.ts", index.replace("greeting: process", "answer: process"));
      await command.line(/^Changed; serving the new version after \d+ ms\.$/);
      while (!command.errors.slice(before).some((line) => line.startsWith("Changed; "))) await hello();
      expect(await hello()).toEqual({ answer: "servus" });
    } finally {
      await command.stop("SIGINT");
      await program.remove();
    }
  });
});

describe("token", () => {
  let serving: RunningCommand & { readonly ready: { apiUrl: string; awsEndpointUrl: string } };
  beforeAll(async () => {
    serving = await startServing();
  });
  afterAll(() => serving?.stop("SIGINT"));
  const token = (...words: readonly string[]) =>
    runCommand(["token", "--aws-port", new URL(serving.ready.awsEndpointUrl).port, ...words]);

  test("prints a token that the API takes", async () => {
    const { code, output, errors } = await token("--user", "ana", "--expires-in", "300");
    expect({ code, errors }).toEqual({ code: 0, errors: "" });
    const { sub, exp = 0, iat = 0, token_use } = decodeJwt(output);
    expect({ sub, token_use, lifetime: exp - iat }).toEqual({ sub: "ana", token_use: "access", lifetime: 300 });
    const answer = await fetch(`${serving.ready.apiUrl}/todos`, { headers: { authorization: `Bearer ${output}` } });
    expect(answer.status).toBe(200);
  });

  test("lays claims over it, and makes ID tokens", async () => {
    const { output } = await token("--user", "ana", "--use", "id", "--claims", '{"email":"ana@example.com"}');
    expect(decodeJwt(output)).toMatchObject({ token_use: "id", email: "ana@example.com" });
    const answer = await fetch(`${serving.ready.apiUrl}/todos`, { headers: { authorization: `Bearer ${output}` } });
    expect(answer.status).toBe(403);
  });

  test("says why there is none", async () => {
    const { code, output, errors } = await token("--user", "ana", "--pool", "eu-west-1_nobodys00");
    expect({ code, output, errors }).toEqual({ code: 2, output: "", errors: "No user pool or client has this id." });
  });

  test("says that nobody is there", async () => {
    const { code, errors } = await runCommand(["token", "--user", "ana", "--aws-port", "9"]);
    expect(code).toBe(1);
    expect(errors).toBe("No harness answers on port 9. Start one with npm start, or name its port with --aws-port.");
  });
});

describe("graph", () => {
  test("prints a line for each resource", async () => {
    const { code, output, errors } = await runCommand(["graph"]);
    expect({ code, errors }).toEqual({ code: 0, errors: "" });
    const lines = output.split("\n");
    expect(lines.at(-1)).toBe(`${lines.length - 1} resources`);
    expect(output).toMatch(/^aws:dynamodb\/table:Table +todos +arn:aws:dynamodb:eu-west-1:123456789012:table\/todos-/m);
  });

  test("prints all of it as JSON, with packages named by their digests", async () => {
    const { output } = await runCommand(["graph", "--json", "--stack", "prod"]);
    const { deployment, resources, faults } = JSON.parse(output);
    expect(deployment).toMatchObject({ stack: "prod", region: "eu-west-1" });
    expect(faults).toEqual([]);
    expect(resources.length).toBeGreaterThan(30);
    expect(output).not.toContain("exports.handler");
    expect(output).toMatch(/"sha256": "[0-9a-f]{64}"/);
  });

  test("refuses a program that is none", async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, "Pulumi.yaml"), "name: broken\nruntime: [");
    const { code, output, errors } = await runCommand(["graph", "--program", folder]);
    expect({ code, output }).toEqual({ code: 1, output: "" });
    expect(errors).not.toMatch(noStack);
    await rm(folder, { recursive: true });
  });
});

async function shell(script: string): Promise<string> {
  const { execFile } = await import("node:child_process");
  return new Promise((resolve, reject) =>
    execFile("sh", ["-c", script], (error, output) => (error ? reject(error) : resolve(output))),
  );
}
