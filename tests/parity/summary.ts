/** The part of vitest's JSON report that is read here. */
export interface SuiteReport {
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages?: readonly string[] | null;
    }[];
  }[];
}

/** Why a test of the suite does not pass. */
export type Reason =
  /** What it is about is refused by name, or is the program's to declare. */
  | "not emulated"
  /** The text is the one since June 2026, and the suite's is from before. */
  | "reworded since"
  /** Another error, or another outcome. */
  | "code"
  /** The right error in other words. */
  | "text";

export interface Failure {
  readonly test: string;
  readonly reason: Reason;
  /** The first line of what the suite says. */
  readonly message: string;
}

export interface Summary {
  readonly tests: number;
  readonly passed: number;
  /** Those of the tests that are about what the harness emulates. */
  readonly emulated: number;
  readonly failures: readonly Failure[];
}

/** Operations that the Pulumi program stands for, or that are refused by name. */
const NOT_EMULATED = /\/(createTable|deleteTable|updateTable|partiql|streams|tags|ttl|legacy-api)(\/|\.test\.)/;
const REFUSED_BY_NAME = /is not emulated|legacy parameter that this emulator does not take/;

/** Counts a run. Tests about what is not emulated count for nothing, not even where they pass. */
export function summarize(report: SuiteReport, root: string): Summary {
  const all = report.testResults.flatMap(({ name, assertionResults }) =>
    assertionResults.map(({ fullName, status, failureMessages }) => {
      const file = name.startsWith(root) ? name.slice(root.length) : name;
      const message = (failureMessages?.[0] ?? "").split("\n")[0] ?? "";
      const reason = reasonOf(file, status, failureMessages?.join("\n") ?? "");
      return { test: `${file.replace(/^\/?tests\//, "")}: ${fullName}`, reason, message };
    }),
  );
  const failures = all.flatMap(({ reason, ...rest }) => (reason === undefined ? [] : [{ ...rest, reason }]));
  const emulated = all.filter(({ reason }) => reason !== "not emulated");
  return {
    tests: all.length,
    emulated: emulated.length,
    passed: emulated.filter(({ reason }) => reason === undefined).length,
    failures,
  };
}

function reasonOf(file: string, status: string, messages: string): Reason | undefined {
  if (NOT_EMULATED.test(`/${file}`) || REFUSED_BY_NAME.test(messages)) return "not emulated";
  if (status === "passed") return undefined;
  // The suite skips what its own probe finds missing.
  if (status !== "failed") return "not emulated";
  return textReason(messages) ?? "code";
}

/** Both sides of a comparison of sentences; names of errors have no blank in them. */
const COMPARISON = /expected '(.+? .+?)' to (be|contain|match|include|equal) (.+)/;

/** How AWS's texts since June 2026 differ from those before, by which older versions of the suite go. */
const REWORDED: readonly (readonly [since: RegExp, before: string])[] = [
  [/^1 validation error detected: Value at 'TableName' /, "1 validation error detected: Value '' at 'tableName' "],
  [
    /^\d validation errors? detected: (?:.*; )?Failed to satisfy constraint: .*/s,
    "returnConsumedCapacity, returnItemCollectionMetrics, returnValues",
  ],
  [/^1 validation error detected: /, ""],
];

function textReason(messages: string): "reworded since" | "text" | undefined {
  const [, seen, verb = "", wanted = ""] = COMPARISON.exec(messages) ?? [];
  if (seen === undefined) return undefined;
  const before = plain(wanted)
    .replace(/ \/\/ .*$/, "")
    .replace(/^'|'$/g, "");
  const agrees = /contain|include/.test(verb)
    ? (text: string) => text.includes(before)
    : (text: string) => isStart(text, before);
  const reworded = REWORDED.some(
    ([since, text]) => since.test(plain(seen)) && agrees(plain(seen).replace(since, text)),
  );
  return reworded ? "reworded since" : "text";
}

/** One text begins with the other: vitest cuts long ones short, and some lost their ends. */
function isStart(left: string, right: string): boolean {
  const [one = "", other = ""] = [left, right].map((text) => text.replace(/…$/, ""));
  return one !== "" && other !== "" && (one.startsWith(other) || other.startsWith(one));
}

/** As it was before vitest put it between quotation marks. */
function plain(text: string): string {
  return text.replaceAll("\\'", "'");
}
