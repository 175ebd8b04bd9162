import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { graphJson } from "../../harness/cli/graph-report.ts";
import { type SmallProgram, smallProgram } from "../pulumi/support/small-program.ts";
import { type Served, serveProgram } from "./support/served.ts";

const PROGRAM = `import * as cognito from "@pulumi/aws/cognito"; import * as pulumi from "@pulumi/pulumi"; import { other } from "./other";
const pool = new cognito.UserPool("pool", { tags: { other } });
const app = new cognito.UserPoolClient("app", { userPoolId: pool.id, generateSecret: true });
export const basic = pulumi.all([app.id, app.clientSecret]).apply((pair) => Buffer.from(pair.join(":")).toString("base64"));
`;

describe("an app client's secret", () => {
  let program: SmallProgram;
  let dataDirectory: string;
  beforeAll(async () => {
    program = await smallProgram({ "index.ts": PROGRAM, "other.ts": `export const other = "a";` });
    dataDirectory = await mkdtemp(join(tmpdir(), "client-secrets-"));
  });
  afterAll(async () => {
    await program.remove();
    await rm(dataDirectory, { recursive: true, force: true });
  });

  const secretOf = (served: Served): string => {
    const [client] = [...(served.model().userPools[0]?.clients.values() ?? [])];
    const { basic } = served.model().program.exports;
    // What the program makes of it is made of the very secret that is served.
    expect(Buffer.from(String(basic), "base64").toString()).toBe(`${client?.id}:${client?.secret}`);
    expect(graphJson(served.model().program)).not.toMatch(new RegExp(`${client?.secret}|${basic}`));
    expect(client?.secret).toMatch(/^[a-z0-9]{51}$/);
    return client?.secret ?? "";
  };
  let changes = 0;
  const started = async (data?: string) => {
    const served = await serveProgram({
      programDirectory: program.directory,
      ...(data === undefined ? {} : { dataDirectory: data }),
    });
    try {
      const first = secretOf(served);
      changes += 1;
      await program.write({ "other.ts": `export const other = "${changes}";` });
      expect(await served.reload()).toBe(true);
      return [first, secretOf(served)] as const;
    } finally {
      await served.close();
    }
  };

  test("stays over a change of the program, and without a data directory no start has another one's", async () => {
    const [first, changed] = await started();
    expect(changed).toBe(first);
    expect((await started())[0]).not.toBe(first);
  });

  test("is kept in a data directory, and is in no text of it", async () => {
    const [first] = await started(dataDirectory);
    expect((await started(dataDirectory))[0]).toBe(first);
    expect(await readFile(join(dataDirectory, "cognito.json"), "utf8")).not.toContain(first);
  });
});
