import type { CheckResult, Family, Verdict } from "./check.ts";

/** Everything that a run found, as all reports are written from it. Holds no token, code or password. */
export interface SuiteReport {
  readonly tool: { readonly name: string; readonly version: string };
  readonly target: string;
  readonly project: string;
  readonly stack: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly durationMilliseconds: number;
  readonly seed: number;
  /** What was asked to be left out, and what was run alone: a report that is not whole says so. */
  readonly only: readonly string[];
  readonly skip: readonly string[];
  readonly results: readonly CheckResult[];
  /** Node.js and the system, as they call themselves. */
  readonly environment: { readonly node: string; readonly system: string };
  /** SHA-256 in hexadecimal: of the program's files, of each function's package, and of the resource graph. */
  readonly hashes: {
    readonly program: string;
    readonly graph: string;
    readonly packages: Readonly<Record<string, string>>;
  };
  readonly resources: readonly ReportedResource[];
  readonly routes: readonly ReportedRoute[];
  /** How the suite itself was tried on this program: flaws that were planted, and what found them. */
  readonly proofs: readonly ReportedProof[];
}

export interface ReportedResource {
  /** `type name`, as trials name it. */
  readonly declaredBy: string;
  readonly urn?: string;
  /** Where the program registers it, relative to the program's folder. */
  readonly place?: { readonly file: string; readonly line: number; readonly column: number };
}

/** A route with what it leads to: for the diagram. */
export interface ReportedRoute {
  readonly routeKey: string;
  readonly authorization: string;
  readonly functionName?: string;
  readonly tables: readonly string[];
}

export interface ReportedProof {
  readonly name: string;
  readonly flaw: string;
  readonly foundBy: readonly string[];
  readonly seconds: number;
}

/** What a system is required to do, one sentence for each family. */
export const REQUIREMENTS: Readonly<Record<Family, string>> = {
  "edge-rejection": "Who has no token is refused before any code runs.",
  "token-forgery": "Nobody but the issuer can make a token.",
  "token-misuse": "A token counts for its time, its client, its purpose and its scopes.",
  "sign-in": "Nobody signs in as somebody else.",
  "tenant-isolation": "A user reaches the own things alone.",
  "mass-assignment": "A client sets what it may set.",
  injection: "Text is text and never code.",
  enumeration: "Answers do not tell what exists.",
  cors: "Pages of listed origins alone may use the API.",
  disclosure: "Answers and logs say nothing of the inside or of others.",
  "input-limits": "No input breaks or exhausts the system.",
  "rate-limits": "Nobody can spend more than is allowed.",
  configuration: "The deployed configuration is safe.",
  "least-privilege": "Every role may do what it needs and nothing more.",
  doors: "There is no other way in.",
};

export type Counts = Readonly<Record<Verdict, number>> & { readonly attacks: number };

export function countsOf(results: readonly CheckResult[]): Counts {
  const of = (verdict: Verdict) => results.filter((result) => result.verdict === verdict).length;
  return {
    held: of("held"),
    breached: of("breached"),
    "not-applicable": of("not-applicable"),
    "not-shown": of("not-shown"),
    attacks: results.reduce((sum, { trials }) => sum + trials.length, 0),
  };
}

export type Overall = "held" | "breached" | "not-shown";

/** `held` only where something was attacked and nothing came through. */
export function overallVerdict(results: readonly CheckResult[]): Overall {
  const counts = countsOf(results);
  if (counts.breached > 0) return "breached";
  return counts.held > 0 ? "held" : "not-shown";
}

/** What every attack on a claim that held has shown to be a limit, each once. */
export function limitationsOf(results: readonly CheckResult[]): readonly string[] {
  return [...new Set(results.flatMap(({ trials }) => trials.flatMap(({ limitation }) => limitation ?? [])))];
}
