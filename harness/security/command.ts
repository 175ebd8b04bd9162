import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { HarnessError } from "../errors.ts";
import type { Model } from "../model.ts";
import type { CheckResult } from "./check.ts";
import { startLocalSubject } from "./local-run.ts";
import type { SecurityProfile } from "./profile.ts";
import { readProfile } from "./profile-reader.ts";
import { programHashes } from "./program-hashes.ts";
import { overallVerdict, type SuiteReport } from "./report.ts";
import { reportedResources, reportedRoutes } from "./report-facts.ts";
import { terminalReport } from "./reports/terminal-report.ts";
import { writeReports } from "./reports/write-reports.ts";
import { sourcePlaces } from "./source-places.ts";
import { pickChecks, runSuite } from "./suite.ts";

export interface SecurityOptions {
  readonly programDirectory: string;
  readonly stack?: string;
  readonly configuration: Readonly<Record<string, string>>;
  readonly profileFile?: string;
  readonly only: readonly string[];
  readonly skip: readonly string[];
  readonly seed: number;
  readonly concurrency: number;
  /** The whole report as one JSON document in place of the summary. */
  readonly json: boolean;
  /** Where to write HTML, JSON, JUnit XML and SARIF. */
  readonly reportDirectory?: string;
}

export interface SecuritySurroundings {
  /** For the report. */
  readonly print: (text: string) => void;
  /** For progress: a line that may be written over by the next. */
  readonly progress: (line: string) => void;
  readonly version: string;
  readonly environment: SuiteReport["environment"];
}

/** Exit codes of the command. */
export const EXIT = { held: 0, breached: 1, "not-shown": 2 } as const;

/** Runs the suite and prints what it found.
 * @returns the exit code: 0 all held, 1 breached, 2 nothing could be shown.
 * @throws HarnessError when it cannot run. */
export async function runSecurity(options: SecurityOptions, surroundings: SecuritySurroundings): Promise<number> {
  const checks = pickChecks(options);
  const profile = await loadProfile(options);
  const started = performance.now();
  const startedAt = new Date().toISOString();
  const { programDirectory, stack, configuration, seed } = options;
  const subject = await startLocalSubject({
    programDirectory,
    configuration,
    profile,
    seed,
    ...(stack === undefined ? {} : { stack }),
  });
  try {
    const results = await runSuite(subject, checks, {
      ...options,
      onResult: (result, done, of) => surroundings.progress(progressLine(result, done, of)),
    });
    const { project, stack: servedStack } = subject.model.program.deployment;
    const report: SuiteReport = {
      tool: { name: "security suite", version: surroundings.version },
      target: subject.target.kind,
      project,
      stack: servedStack,
      startedAt,
      durationMilliseconds: Math.round(performance.now() - started),
      seed,
      only: options.only,
      skip: options.skip,
      results,
      environment: surroundings.environment,
      hashes: await programHashes(subject.model, resolve(programDirectory)),
      resources: reportedResources(subject.model),
      routes: reportedRoutes(subject),
      proofs: await loadProofs(programDirectory),
    };
    const place = placesOf(subject.model);
    surroundings.print(options.json ? JSON.stringify(report) : terminalReport(report, { place }));
    if (options.reportDirectory !== undefined) {
      const files = await writeReports(report, options.reportDirectory);
      if (!options.json) surroundings.print(`\nWritten: ${files.join(", ")}`);
    }
    return EXIT[overallVerdict(results)];
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
