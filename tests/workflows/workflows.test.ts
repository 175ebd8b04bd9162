import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { ROOT } from "../end-to-end/support/scratch-program.ts";

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly uses?: string;
  readonly steps?: readonly Step[];
  readonly "timeout-minutes"?: number;
}

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

const folder = join(ROOT, ".github/workflows");
const workflows = readdirSync(folder).map((name) => {
  const text = readFileSync(join(folder, name), "utf8");
  return { name, text, workflow: parse(text) as Workflow };
});
const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
  readonly scripts: Readonly<Record<string, string>>;
};

describe.each(workflows)("the workflow $name", ({ text, workflow }) => {
  const jobs = Object.values(workflow.jobs);
  const steps = jobs.flatMap((job) => job.steps ?? []);

  test("uses actions by their commit, with the release beside it", () => {
    const used = [...text.matchAll(/uses: (\S+)(.*)/g)].filter(([, action = ""]) => !action.startsWith("./"));
    for (const [line] of used) expect(line).toMatch(/uses: [\w-]+\/[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  test("may read the code and nothing else, unless a job says so", () => {
    expect(workflow.permissions).toEqual({ contents: "read" });
    const granted = jobs.flatMap(({ permissions = {} }) =>
      Object.entries(permissions).filter(([, level]) => level === "write"),
    );
    for (const [permission] of granted) expect(["id-token", "security-events"]).toContain(permission);
    for (const { uses, with: inputs } of steps) {
      if (uses?.startsWith("actions/checkout@") === true) expect(inputs?.["persist-credentials"]).toBe(false);
    }
  });

  test("has no keys, and enters AWS by a role", () => {
    expect(text).not.toMatch(/AWS_(ACCESS_KEY_ID|SECRET_ACCESS_KEY)|PULUMI_ACCESS_TOKEN|pull_request_target/);
    const secrets = [...text.matchAll(/secrets\.(\w+)/g)].map(([, name]) => name);
    expect(secrets.filter((name) => name !== "PULUMI_CONFIG_PASSPHRASE")).toEqual([]);
    for (const { uses, with: inputs } of steps) {
      if (uses?.startsWith("aws-actions/") === true)
        expect(Object.keys(inputs ?? {})).toEqual(["role-to-assume", "aws-region"]);
    }
  });

  test("runs what there is, and nothing that somebody else wrote is put into a command", () => {
    for (const { run = "" } of steps) {
      expect(run).not.toContain("${{");
      const [, script] = /npm run (?:--silent )?([\w:]+)/.exec(run) ?? [];
      if (script !== undefined) expect(scripts).toHaveProperty([script]);
      if (/pulumi (preview|up)/.test(run)) expect(run).toContain("--policy-pack policy");
    }
    for (const [, stack = ""] of text.matchAll(/^\s+stack: (\w+)$/gm)) {
      if (stack !== "") expect(existsSync(join(ROOT, `Pulumi.${stack}.yaml`)), stack).toBe(true);
    }
  });

  test("ends by itself", () => {
    for (const job of jobs) if (job.uses === undefined) expect(job["timeout-minutes"]).toBeLessThanOrEqual(30);
  });
});
