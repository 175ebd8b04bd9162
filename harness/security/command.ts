import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { systemClock } from "../clock.ts";
import { HarnessError } from "../errors.ts";
import { type Model, readModel } from "../model.ts";
import { evaluateProgram } from "../pulumi/evaluate.ts";
import { type AccessMatrix, accessChanges, changesMarkdown } from "./access-diff.ts";
import type { CheckResult } from "./check.ts";
import { compareReports, comparisonText } from "./comparison.ts";
import { draftProfile } from "./draft-profile.ts";
import { checkOut } from "./git-tree.ts";
import { readKnownDifferences } from "./known-differences.ts";
import { type Opening, openSubject } from "./open-subject.ts";
import type { SecurityProfile } from "./profile.ts";
import { readProfile } from "./profile-reader.ts";
import { recordedEvents, versionAccess } from "./program-diff.ts";
import { programHashes } from "./program-hashes.ts";
import { countsOf, overallVerdict, type SuiteReport } from "./report.ts";
import { reportedResources, reportedRoutes } from "./report-facts.ts";
import { terminalReport } from "./reports/terminal-report.ts";
import { writeReports } from "./reports/write-reports.ts";
import { programOf, type SecurityOptions } from "./security-options.ts";
import { sourcePlaces } from "./source-places.ts";
import { pickChecks, runSuite } from "./suite.ts";

export interface SecuritySurroundings {
  /** For the report. */
  readonly print: (text: string) => void;
  /** For progress: a line that may be written over by the next. */
  readonly progress: (line: string) => void;
  /** For what concerns the run and is no finding. */
  readonly warn: (line: string) => void;
  readonly version: string;
  readonly environment: SuiteReport["environment"];
}

/** Exit codes of the command. */
export const EXIT = { held: 0, breached: 1, "not-shown": 2 } as const;

/** Runs the suite on one target, or on two to compare them, and prints what it found.
 * @returns the exit code: 0 all held, 1 breached, 2 nothing could be shown.
 * @throws HarnessError when it cannot run. */
export async function runSecurity(options: SecurityOptions, surroundings: SecuritySurroundings): Promise<number> {
  const profile = await loadProfile(options);
  if (options.draftProfile) return printDraft(options, surroundings);
  if (options.diffReference !== undefined) return diffPrograms(options.diffReference, options, profile, surroundings);
  const opening = { options, profile, warn: eachOnce(surroundings.warn) };
  const [first = "local", second] = options.targets;
  const one = await attackTarget(first, opening, surroundings);
  if (second === undefined) return present(one, options, surroundings);
  const other = await attackTarget(second, opening, surroundings);
  return compareTargets([one.report, other.report], { ...opening, surroundings });
}

/** Two starts of one program say the same. */
function eachOnce(warn: (line: string) => void): (line: string) => void {
  const said = new Set<string>();
  return (line) => {
    if (!said.has(line)) warn(line);
    said.add(line);
  };
}

/** Both reports are written where they were asked for, each into a folder of its own. */
async function compareTargets(
  [one, other]: readonly [SuiteReport, SuiteReport],
  { options, profile, surroundings }: Pick<Opening, "options" | "profile"> & { surroundings: SecuritySurroundings },
): Promise<number> {
  const listed = options.knownFile === undefined ? [] : await readKnownDifferences(options.knownFile);
  const comparison = compareReports(one, other, [...(profile?.knownDifferences ?? []), ...listed]);
  surroundings.print(options.json ? JSON.stringify(comparison) : comparisonText(comparison));
  const { reportDirectory: directory } = options;
  if (directory !== undefined) {
    await writeReports(one, join(directory, "first"));
    await writeReports(other, join(directory, "second"));
    if (!options.json) surroundings.print(`\nWritten: ${join(directory, "first")}, ${join(directory, "second")}`);
  }
  if (comparison.breached.length > 0) return EXIT.breached;
  return [one, other].some(({ results }) => countsOf(results).held > 0) ? EXIT.held : EXIT["not-shown"];
}

async function present(
  { report, model }: Attacked,
  options: SecurityOptions,
  { print }: SecuritySurroundings,
): Promise<number> {
  print(options.json ? JSON.stringify(report) : terminalReport(report, { place: placesOf(model) }));
  if (options.reportDirectory !== undefined) {
    const files = await writeReports(report, options.reportDirectory);
    if (!options.json) print(`\nWritten: ${files.join(", ")}`);
  }
  return EXIT[overallVerdict(report.results)];
}

async function printDraft(options: SecurityOptions, { print }: SecuritySurroundings): Promise<number> {
  const { retiredRuntimes } = options;
  const program = await evaluateProgram(programOf(options));
  print(draftProfile(readModel(program, systemClock, { retiredRuntimes })));
  return EXIT.held;
}

/** Serves the program as it was and as it is, and tells whose access grew: by who asks, by recorded event, by attack. */
async function diffPrograms(
  reference: string,
  options: SecurityOptions,
  profile: SecurityProfile | undefined,
  { print, progress, warn }: SecuritySurroundings,
): Promise<number> {
  const tree = await checkOut(reference, options.programDirectory);
  const questions = {
    events: await recordedEvents(options.programDirectory),
    checks: pickChecks(options),
    seed: options.seed,
    concurrency: options.concurrency,
  };
  const warnOnce = eachOnce(warn);
  const look = async (programDirectory: string, which: string): Promise<AccessMatrix> => {
    progress(which);
    const opening = { options: { ...options, programDirectory }, profile, warn: warnOnce };
    const subject = await openSubject("local", opening);
    const onProgress = (line: string) => progress(`${which}: ${line}`);
    return versionAccess(subject, { ...questions, onProgress }).finally(() => subject.close());
  };
  try {
    const before = await look(tree.directory, reference);
    const changes = accessChanges(before, await look(options.programDirectory, "now"), tree.changedPlaces);
    print(options.json ? JSON.stringify(changes) : changesMarkdown(reference, changes));
    return changes.some(({ grew }) => grew) ? EXIT.breached : EXIT.held;
  } finally {
    await tree.remove();
  }
}

interface Attacked {
  readonly report: SuiteReport;
  readonly model: Model;
}

async function attackTarget(target: string, opening: Opening, surroundings: SecuritySurroundings): Promise<Attacked> {
  const { options } = opening;
  const checks = pickChecks(options);
  const started = performance.now();
  const startedAt = new Date().toISOString();
  const { seed, only, skip, programDirectory } = options;
  const subject = await openSubject(target, opening);
  try {
    const results = await runSuite(subject, checks, {
      ...options,
      onResult: (result, done, of) => surroundings.progress(progressLine(result, done, of)),
    });
    const { project, stack } = subject.model.program.deployment;
    const report: SuiteReport = {
      tool: { name: "security suite", version: surroundings.version },
      target: target === "local" ? "local" : subject.target.name,
      project,
      stack,
      startedAt,
      durationMilliseconds: Math.round(performance.now() - started),
      seed,
      only,
      skip,
      results,
      environment: surroundings.environment,
      hashes: await programHashes(subject.model, resolve(programDirectory)),
      resources: reportedResources(subject.model),
      routes: reportedRoutes(subject),
      proofs: await loadProofs(programDirectory),
    };
    return { report, model: subject.model };
  } finally {
    await subject.close();
  }
}

function progressLine({ check, verdict }: CheckResult, done: number, of: number): string {
  return `[${done}/${of}] ${check.id} ${verdict.replace("-", " ")}`;
}

function placesOf(model: Model): (resource: string) => string | undefined {
  const places = sourcePlaces(model.program.graph);
  return (resource) => {
    const place = places.get(resource);
    return place === undefined ? undefined : `${place.file}:${place.line}`;
  };
}

const PROFILE_FILE = "security.profile.mts";

/** The profile that is named, else the one beside the program, else none. */
async function loadProfile(options: SecurityOptions): Promise<SecurityProfile | undefined> {
  const { programDirectory, profileFile } = options;
  const file = resolve(profileFile ?? join(programDirectory, PROFILE_FILE));
  const found = await import(pathToFileURL(file).href).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ERR_MODULE_NOT_FOUND" && error.message.includes(file)) return undefined;
    throw new HarnessError("CONFIGURATION", `The profile ${file} cannot be loaded: ${error.message}`);
  });
  if (found !== undefined) return readProfile((found as { profile?: unknown }).profile, file);
  if (profileFile === undefined) return undefined;
  throw new HarnessError("CONFIGURATION", `There is no profile ${file}. Name one with --profile.`);
}

const PROOFS_FILE = "security.proofs.json";

/** What planting flaws in this program has shown of the suite, where the program keeps it. */
async function loadProofs(programDirectory: string): Promise<SuiteReport["proofs"]> {
  const file = resolve(programDirectory, PROOFS_FILE);
  const found = await import(pathToFileURL(file).href, { with: { type: "json" } }).catch(() => undefined);
  const proofs: unknown = (found as { default?: unknown } | undefined)?.default;
  return Array.isArray(proofs) ? (proofs as SuiteReport["proofs"]) : [];
}
