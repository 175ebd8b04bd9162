import { randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runSecurity } from "../../harness/security/command.ts";
import type { Comparison } from "../../harness/security/comparison.ts";
import type { SuiteReport } from "../../harness/security/report.ts";
import type { SecurityOptions } from "../../harness/security/security-options.ts";
import { type LocalTarget, localTarget } from "../../harness/targets/local.ts";
import { isShown } from "../../harness/targets/target.ts";
import { ROOT } from "../end-to-end/support/scratch-program.ts";
import seed from "../support/users.json" with { type: "json" };

let server: LocalTarget;
let folder: string;
const [ana, ben] = seed.users;

beforeAll(async () => {
  server = await localTarget({ programDirectory: ROOT, seed: seed.users.map((user) => ({ ...user, groups: [] })) });
  folder = await mkdtemp(join(tmpdir(), "remote-suite-"));
}, 120_000);
afterAll(async () => {
  await server?.close();
  if (folder !== undefined) await rm(folder, { recursive: true });
});

async function file(content: unknown): Promise<string> {
  const path = join(folder, `${randomUUID()}.json`);
  await writeFile(path, JSON.stringify(content));
  return path;
}

/** What `pulumi stack output --json` would say of the server. */
function outputs() {
  const { userPools, tables, program } = server.harness.model();
  const [pool] = userPools;
  return {
    apiUrl: server.apis[0]?.url,
    region: program.deployment.region,
    tableName: tables[0]?.name,
    userPoolId: pool?.id,
    userPoolClientId: [...(pool?.clients.keys() ?? [])][0],
  };
}

const url = () => server.apis[0]?.url ?? "";

async function attack(options: Partial<SecurityOptions>) {
  const printed: string[] = [];
  const warned: string[] = [];
  const all: SecurityOptions = {
    programDirectory: ROOT,
    configuration: {},
    only: [],
    skip: [],
    seed: 1,
    concurrency: 4,
    isolation: "process",
    retiredRuntimes: false,
    targets: [url()],
    endpointUrl: server.harness.awsEndpointUrl,
    environment: {},
    draftProfile: false,
    json: true,
    ...options,
  };
  const exitCode = await runSecurity(all, {
    print: (text) => printed.push(text),
    progress: () => {},
    warn: (line) => warned.push(line),
    version: "0",
    environment: { node: "Node.js", system: "test" },
  });
  return { exitCode, warned, answer: JSON.parse(printed.join("")) as unknown };
}

async function rows(): Promise<number> {
  const [tableName = ""] = isShown(server.tableNames) ? await server.tableNames() : [];
  return isShown(server.rawItems) ? (await server.rawItems(tableName)).length : -1;
}

const verdicts = ({ results }: SuiteReport) => Object.fromEntries(results.map((one) => [one.check.id, one.verdict]));

describe("a server in another process", () => {
  test("is attacked with two given users, and is left as it was", async () => {
    const { exitCode, warned, answer } = await attack({
      outputsFile: await file(outputs()),
      usersFile: await file({ ana, ben }),
      only: [
        "edge-rejection.wrong-place",
        "token-forgery.algorithm",
        "tenant-isolation.own-things",
        "tenant-isolation.lists",
        "mass-assignment",
        "token-misuse.time",
      ],
    });
    expect(verdicts(answer as SuiteReport)).toEqual({
      "edge-rejection.wrong-place": "held",
      "token-forgery.algorithm": "held",
      "token-misuse.time": "not-shown",
      "tenant-isolation.own-things": "held",
      "tenant-isolation.lists": "held",
      "mass-assignment.create": "held",
      "mass-assignment.change": "held",
    });
    expect([exitCode, warned]).toEqual([0, []]);
    expect(await rows()).toBe(0);
    if (isShown(server.signIn)) await expect(server.signIn("still-works")).resolves.toBeDefined();
  });

  test("that is a harness shows that no function ran, and signs tokens to order", async () => {
    const { exitCode, answer } = await attack({
      outputsFile: await file({ ...outputs(), awsEndpointUrl: server.harness.awsEndpointUrl }),
      only: ["edge-rejection.no-token", "token-misuse.time", "tenant-isolation.crowd"],
    });
    const report = answer as SuiteReport;
    expect(new Set(Object.values(verdicts(report)))).toEqual(new Set(["held"]));
    expect(report.results[0]?.trials[0]?.evidence).toContain("no function ran");
    expect(exitCode).toBe(0);
    expect(await rows()).toBe(0);
  });

  test("is compared with itself as an endpoint, whose table can be read", async () => {
    const { exitCode, answer } = await attack({
      targets: [url(), "endpoint"],
      outputsFile: await file(outputs()),
      usersFile: await file({ ana, ben }),
      environment: { AWS_ACCESS_KEY_ID: "as the SDK finds it" },
      only: ["tenant-isolation.foreign-id", "tenant-isolation.direct-events"],
    });
    const { same, differences, breached } = answer as Comparison;
    expect({ exitCode, same, differences, breached }).toEqual({ exitCode: 0, same: 2, differences: [], breached: [] });
  });

  test.each([
    ["nothing answers", { targets: ["http://127.0.0.1:9"] }, "127.0.0.1:9 does not answer"],
    ["nobody may make users", {}, "Name two users with --users"],
    [
      "a password is wrong",
      { users: { ana: { ...ana, password: "Wrong-horse-7" }, ben } },
      "Name users of the pool in",
    ],
  ])(
    "is not attacked where %s: that says nothing of its security",
    async (_name, { users, ...options }: { users?: object; targets?: string[] }, message) => {
      const usersFile = users === undefined ? {} : { usersFile: await file(users) };
      await expect(attack({ outputsFile: await file(outputs()), ...usersFile, ...options })).rejects.toThrow(message);
    },
  );
});
