import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CognitoIdentityProvider } from "@aws-sdk/client-cognito-identity-provider";
import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runSecurity } from "../../harness/security/command.ts";
import type { Comparison } from "../../harness/security/comparison.ts";
import type { SecurityOptions } from "../../harness/security/security-options.ts";
import { ROOT } from "../engine/support/program-copy.ts";
import { type EngineHome, engineHome, findPulumi } from "../engine/support/pulumi-command.ts";
import { type EndpointStack, factsOf, openEndpointStack } from "./support/deployed-stack.ts";
import { findMinistack, type Ministack, startMinistack } from "./support/ministack.ts";

const pulumi = findPulumi(process.env);
const ministack = "missing" in pulumi ? pulumi : await findMinistack();
const reason = "missing" in ministack ? ` (skipped: ${ministack.missing})` : "";

/** One of each kind: a function's run takes the endpoint long. */
const ATTACKS = [
  "edge-rejection.no-token",
  "edge-rejection.wrong-scheme",
  "token-forgery",
  "token-misuse",
  "sign-in",
  "tenant-isolation.own-things",
  "tenant-isolation.foreign-id",
  "tenant-isolation.lists",
  "tenant-isolation.cursors",
  "tenant-isolation.same-id",
  "mass-assignment.create",
  "enumeration.same-answer",
  "input-limits.size",
];

const TIMEOUT_MILLISECONDS = 900_000;

describe.skipIf("missing" in ministack)(`the security suite on an independent endpoint${reason}`, () => {
  let endpoint: Ministack;
  let home: EngineHome;
  let stack: EndpointStack;
  let folder: string;
  beforeAll(async () => {
    home = await engineHome("path" in pulumi ? pulumi.path : "");
    endpoint = await startMinistack("python" in ministack ? ministack.python : "");
    stack = await openEndpointStack(home, endpoint.url);
    folder = await mkdtemp(join(tmpdir(), "endpoint-suite-"));
  });
  afterAll(async () => {
    await stack?.close();
    await endpoint?.stop();
    await home?.remove();
    if (folder !== undefined) await rm(folder, { recursive: true });
  });

  async function compared(outputsFile: string) {
    const printed: string[] = [];
    const warned: string[] = [];
    const options: SecurityOptions = {
      programDirectory: ROOT,
      stack: "localstack",
      configuration: {},
      only: ATTACKS,
      skip: [],
      seed: 1,
      concurrency: 4,
      isolation: "thread",
      retiredRuntimes: false,
      targets: ["local", "endpoint"],
      outputsFile,
      endpointUrl: endpoint.url,
      knownFile: join(import.meta.dirname, "known-security-differences.json"),
      environment: {},
      draftProfile: false,
      json: true,
    };
    const exitCode = await runSecurity(options, {
      print: (text) => printed.push(text),
      progress: () => {},
      warn: (line) => warned.push(line),
      version: "0",
      environment: { node: "Node.js", system: "test" },
    });
    return { exitCode, warned, comparison: JSON.parse(printed.join("")) as Comparison };
  }

  test(
    "differs from the local run in what is listed alone, and leaves nothing there",
    async () => {
      const done = await stack.deployment.succeed("up");
      const facts = factsOf(done);
      const file = join(folder, "stack.json");
      await writeFile(file, JSON.stringify({ deployment: done.state }));
      const { exitCode, warned, comparison } = await compared(file);
      const unlisted = comparison.differences.filter(({ known }) => known === undefined);
      expect(unlisted.map(({ id, evidence }) => [id, evidence])).toEqual([]);
      expect([exitCode, warned, comparison.breached]).toEqual([0, [], []]);
      const client = {
        region: facts.region,
        endpoint: endpoint.url,
        credentials: { accessKeyId: "test", secretAccessKey: "test" },
      };
      const [TableName = ""] = facts.tableNames;
      expect((await new DynamoDB(client).scan({ TableName })).Items).toEqual([]);
      const UserPoolId = facts.userPool?.userPoolId ?? "";
      expect((await new CognitoIdentityProvider(client).listUsers({ UserPoolId })).Users).toEqual([]);
    },
    TIMEOUT_MILLISECONDS,
  );
});
