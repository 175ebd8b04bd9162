import { chmod, cp, mkdir, symlink, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { type EngineEvent, LocalWorkspace, type PolicyEvent } from "@pulumi/pulumi/automation/index.js";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { PolicyResource } from "../../policy/rules/rule.ts";
import { rules } from "../../policy/rules/rules.ts";
import { types } from "../../policy/rules/types.ts";
import { ROOT } from "./support/program-copy.ts";
import { type EngineHome, engineHome, findPulumi } from "./support/pulumi-command.ts";
import { shareStacks, violationLine } from "./support/shared-stacks.ts";

const found = findPulumi(process.env);
const reason = "missing" in found ? ` (skipped: ${found.missing})` : "";

class Example extends pulumi.CustomResource {}

/** The stand-in provider makes what the harness knows, and function URLs are refused by name there. */
const made = rules.filter(({ failingExample }) =>
  failingExample.resources.every(({ type }) => type !== types.functionUrl),
);

function told({ policyName, resourceUrn = "", message, enforcementLevel }: PolicyEvent): string {
  return violationLine(
    policyName,
    resourceUrn.split("::").slice(2).join(" "),
    message.replace(/\s+/g, " ").trim(),
    enforcementLevel,
  );
}

const sharedStacks = shareStacks(made);

describe.skipIf("missing" in found)(`the policy pack, by Pulumi's own engine${reason}`, () => {
  let home: EngineHome;
  let directory: string;
  beforeAll(async () => {
    home = await engineHome("path" in found ? found.path : "");
    directory = join(home.folder, "program");
    await mkdir(directory);
    await cp(join(ROOT, "policy"), join(directory, "policy"), { recursive: true });
    await cp(join(ROOT, "tsconfig.base.json"), join(directory, "tsconfig.base.json"));
    await symlink(join(ROOT, "node_modules"), join(directory, "node_modules"));
    await writeFile(join(directory, "Pulumi.yaml"), "name: examples\nruntime: nodejs\n");
    const hosts = join(home.folder, "bin");
    await writeLanguageHost(hosts);
    const environment = { ...home.environment, PATH: [hosts, home.environment.PATH].join(delimiter) };
    for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await home?.remove();
  });

  /** Previews a stack of these resources with the pack: what each policy says of which resource, and whether the stack
   * may be deployed. */
  async function preview(name: string, resources: readonly PolicyResource[]) {
    const program = async () => {
      for (const { type, name: logicalName, properties, protect = false } of resources) {
        new Example(type, logicalName, { ...properties }, { protect });
      }
    };
    const stack = await LocalWorkspace.createOrSelectStack(
      { stackName: name, projectName: "examples", program },
      { workDir: directory },
    );
    let printed = "";
    const violations: string[] = [];
    const onOutput = (text: string) => {
      printed += text;
    };
    const onEvent = ({ policyEvent }: EngineEvent) => {
      if (policyEvent !== undefined) violations.push(told(policyEvent));
    };
    const passed = await stack.preview({ policyPacks: [join(directory, "policy")], onOutput, onEvent }).then(
      () => true,
      () => false,
    );
    return { printed, passed, violations: violations.sort() };
  }

  test("holds on nothing", async () => {
    const { printed, passed, violations } = await preview("nothing", []);
    expect(passed, printed).toBe(true);
    expect(printed).toContain("stack-rules");
    expect(violations).toEqual([]);
  });

  test("tries each rule that it can", () => {
    expect(sharedStacks.flatMap(({ examples }) => examples).sort()).toEqual(made.map(({ id }) => id).sort());
  });

  test.each(sharedStacks)("$examples: failing examples are refused, each in its rule's own words", async (shared) => {
    const { passed, printed, violations } = await preview(shared.name, shared.resources);
    expect(violations).toEqual(shared.violations);
    for (const line of shared.violations) expect(printed.replace(/\s+/g, " ")).toContain(line.split(" | ")[2]);
    // What is only advised does not stop a deployment.
    expect(passed, printed).toBe(!shared.refused);
  });

  /** The engine finds a language host on the PATH, under this name. */
  async function writeLanguageHost(folder: string): Promise<void> {
    await mkdir(folder);
    const host = join(folder, "pulumi-language-nodejs");
    const main = join(import.meta.dirname, "language-host/main.mts");
    await writeFile(host, `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`);
    await chmod(host, 0o755);
  }
});
