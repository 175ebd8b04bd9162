import type { Subject } from "./subject.ts";

/**
 * - `held`: attacked, and it held.
 * - `breached`: an attack came through, or the attack itself broke.
 * - `not-applicable`: the program or target has nothing that could be attacked so.
 * - `not-shown`: it could be attacked, but this run cannot see whether it holds. Never counted as held.
 */
export type Verdict = "held" | "breached" | "not-applicable" | "not-shown";

/** What an attacker would gain, in the words of the lists that reviewers use. */
export interface Threat {
  /** @see https://cwe.mitre.org/ */
  readonly cwe: readonly `CWE-${number}`[];
  /** @see https://owasp.org/API-Security/editions/2023/en/0x11-t10/ */
  readonly owasp: readonly `API${number}:2023`[];
  /** Chapters of OWASP ASVS 5.0. */
  readonly asvs: readonly `V${number}`[];
}

/** One attack and what came of it. Holds no token, code or password. */
export interface Trial {
  /** What was tried, e.g. `GET /orders: no token`. */
  readonly attack: string;
  readonly verdict: Exclude<Verdict, "not-applicable">;
  /** What was seen. */
  readonly evidence: string;
  /** The resource that the finding is about: `type name`, as faults name it. */
  readonly resource?: string;
  /** A `curl` line that does it again; tokens stand as variables. */
  readonly reproduce?: string;
  /** Code of the program's own language that the report shows: what would be better, or is smallest. */
  readonly code?: string;
  /** A limit of the design that this attack shows and that is no breach. */
  readonly limitation?: string;
}

/** Why a check made no attack. */
export interface NotRun {
  readonly verdict: "not-applicable" | "not-shown";
  readonly reason: string;
}

/** A claim about a system, and the attacks that try to prove it wrong. */
export interface Check {
  /** `family.what`, stable: reports and `--only` name it. */
  readonly id: `${Family}.${string}`;
  /** The claim in plain words. */
  readonly title: string;
  readonly threat: Threat;
  /** What is sent or looked at. */
  readonly sends: string;
  /** What must be so for the claim to hold. */
  readonly holds: string;
  /** Measures time or exhausts limits: no other check runs beside it. */
  readonly alone?: boolean;
  run(subject: Subject): Promise<readonly Trial[] | NotRun> | readonly Trial[] | NotRun;
}

export const FAMILIES = [
  "edge-rejection",
  "token-forgery",
  "token-misuse",
  "sign-in",
  "tenant-isolation",
  "mass-assignment",
  "injection",
  "enumeration",
  "cors",
  "disclosure",
  "input-limits",
  "rate-limits",
  "configuration",
  "least-privilege",
  "doors",
] as const;

export type Family = (typeof FAMILIES)[number];

export const familyOf = (id: Check["id"]): Family => id.slice(0, id.indexOf(".")) as Family;

export interface CheckResult {
  readonly check: Omit<Check, "run">;
  readonly verdict: Verdict;
  /** Why nothing was attacked; with `not-applicable` and `not-shown`. */
  readonly reason?: string;
  readonly trials: readonly Trial[];
  readonly durationMilliseconds: number;
}

export const notApplicable = (reason: string): NotRun => ({ verdict: "not-applicable", reason });
export const notShown = (reason: string): NotRun => ({ verdict: "not-shown", reason });

export const isNotRun = <Found>(outcome: readonly Found[] | NotRun): outcome is NotRun => "verdict" in outcome;

/** One breach breaches the claim; one attack whose outcome cannot be seen leaves it unshown; no attack proves nothing. */
export function verdictOf(trials: readonly Trial[]): Verdict {
  if (trials.some(({ verdict }) => verdict === "breached")) return "breached";
  if (trials.length === 0 || trials.some(({ verdict }) => verdict === "not-shown")) return "not-shown";
  return "held";
}
