import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EXIT } from "../../../harness/security/command.ts";
import type { SuiteReport } from "../../../harness/security/report.ts";
import { ROOT, scratchProgram } from "../../end-to-end/support/scratch-program.ts";
import type { Change, PlantedFlaw } from "./planted-flaw.ts";

/** What the suite said of a system with a flaw. */
export interface Proof {
  readonly name: string;
  /** Ids of the checks that were breached; or `refused`: the harness does not even serve it, and says why. */
  readonly foundBy: readonly string[];
  readonly durationMilliseconds: number;
  /** Why the suite could not run, in its own words. */
  readonly refusal?: string;
}

export const REFUSED = "refused";

/** What a change of the handlers alone cannot reach: the gateway, the pool and the configuration are as they were. */
const BEFORE_THE_HANDLERS = [
  "edge-rejection",
  "token-forgery",
  "token-misuse",
  "sign-in",
  "cors",
  "rate-limits",
  "doors",
];
/** What no change before the handlers can reach: the functions' packages are as they were. */
const IN_THE_HANDLERS = ["mass-assignment", "injection", "enumeration.same-time", "input-limits.fields"];

/** Finds what this stack does not have: it evaluates all others, and a flaw says where it is in another stack alone. */
const OTHER_STACKS = "configuration.other-stacks";

/** The families that a flaw cannot bear on; `whole` leaves out none. */
function beside(flaw: PlantedFlaw, whole: boolean): readonly string[] {
  if (whole || flaw.changes.length === 0) return [];
  return [...(flaw.inAnotherStack === true ? [] : [OTHER_STACKS]), ...untouchedBy(flaw)];
}

function untouchedBy({ changes }: PlantedFlaw): readonly string[] {
  const inHandlers = changes.some(({ file }) => file.startsWith("functions/"));
  if (inHandlers) return BEFORE_THE_HANDLERS;
  const inData = changes.some(({ file }) => /harness\/(dynamodb|lambda)\//.test(file));
  return inData ? [] : [...IN_THE_HANDLERS, "tenant-isolation.owner-in-request", "tenant-isolation.drawn"];
}

/** Plants one flaw and runs the suite in a process of its own: all of it that the flaw could bear on. */
export async function prove(flaw: PlantedFlaw, whole = false): Promise<Proof> {
  const skipped = beside(flaw, whole);
  const words = skipped.length === 0 ? [] : ["--skip", skipped.join(",")];
  const started = performance.now();
  const planted = flaw.changes.some(({ file }) => file.startsWith("harness/"))
    ? await plantInHarness(flaw)
    : await plantInProgram(flaw);
  try {
    const stack = flaw.stack ?? "dev";
    const ended = await runSuite(planted.main, ["--program", planted.program, "--stack", stack, ...words]);
    return { name: flaw.name, ...ended, durationMilliseconds: Math.round(performance.now() - started) };
  } finally {
    await planted.remove();
  }
}

/** The sound system: nothing planted. */
export function proveSound(): Promise<Proof> {
  return prove({ name: "nothing", flaw: "Nothing is planted.", changes: [] });
}

interface Planted {
  readonly main: string;
  readonly program: string;
  remove(): Promise<void>;
}

async function plantInProgram({ changes }: PlantedFlaw): Promise<Planted> {
  const program = await scratchProgram();
  for (const { file, search, replacement } of changes) await program.replace(file, search, replacement);
  return { main: join(ROOT, "harness/main.ts"), program: program.directory, remove: () => program.remove() };
}

const COPIED = ["harness", "policy", "package.json"];

/** The harness runs from its sources: a copy with one text changed is a harness with that flaw. */
async function plantInHarness({ changes }: PlantedFlaw): Promise<Planted> {
  const directory = await realpath(await mkdtemp(join(tmpdir(), "planted-harness-")));
  for (const name of COPIED) await cp(join(ROOT, name), join(directory, name), { recursive: true });
  await symlink(join(ROOT, "node_modules"), join(directory, "node_modules"));
  for (const change of changes) await replace(directory, change);
  return {
    main: join(directory, "harness/main.ts"),
    program: ROOT,
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}

async function replace(directory: string, { file, search, replacement }: Change): Promise<void> {
  const path = join(directory, file);
  const parts = (await readFile(path, "utf8")).split(search);
  if (parts.length !== 2) throw new Error(`${file} has ${parts.length - 1} places with ${search}`);
  await writeFile(path, parts.join(replacement));
}

const REPORT_BYTES = 64 * 1024 * 1024;

function runSuite(main: string, words: readonly string[]): Promise<Pick<Proof, "foundBy" | "refusal">> {
  const profile = join(ROOT, "security.profile.mts");
  const all = [main, "security", "--json", "--seed", "1", "--profile", profile, ...words];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, all, { maxBuffer: REPORT_BYTES }, (error, output, errors) => {
      const refused = !output.startsWith("{");
      if (refused && error?.code !== EXIT["not-shown"]) return reject(new Error(`the suite broke: ${errors}`));
      if (refused) return resolve({ foundBy: [REFUSED], refusal: errors.trim() });
      const { results } = JSON.parse(output) as SuiteReport;
      resolve({ foundBy: results.filter(({ verdict }) => verdict === "breached").map(({ check }) => check.id) });
    });
  });
}
