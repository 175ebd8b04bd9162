/** The part of a mutation testing report that is read here.
 * @see https://github.com/stryker-mutator/mutation-testing-elements/tree/master/packages/report-schema */
export interface MutationReport {
  readonly files: Readonly<Record<string, { readonly source: string; readonly mutants: readonly Mutant[] }>>;
}

interface Mutant {
  readonly mutatorName: string;
  readonly replacement?: string;
  readonly status: string;
  readonly location: { readonly start: Position; readonly end: Position };
}

/** Lines and columns from 1. */
interface Position {
  readonly line: number;
  readonly column: number;
}

/** A change of the source that no test notices. It is told by the text of its line, so that lines may move. */
export interface Survivor {
  readonly file: string;
  /** The line on which the replaced text begins, without the blanks around it. */
  readonly line: string;
  /** The text that was replaced. */
  readonly code: string;
  readonly becomes: string;
}

/** The survivors of one kind, with why none of them can matter. */
export interface ExplainedSurvivors {
  readonly reason: string;
  readonly survivors: readonly Survivor[];
}

export interface Score {
  readonly killed: number;
  readonly survived: number;
  /** Changes of what is computed once, when a module is loaded: not tried. */
  readonly ignored: number;
}

export function scoreOf(report: MutationReport): Score {
  const statuses = Object.values(report.files).flatMap(({ mutants }) => mutants.map(({ status }) => status));
  const count = (...counted: string[]) => statuses.filter((status) => counted.includes(status)).length;
  return {
    killed: count("Killed", "Timeout"),
    survived: count("Survived", "NoCoverage"),
    ignored: count("Ignored"),
  };
}

export function survivorsOf(report: MutationReport): readonly Survivor[] {
  return Object.entries(report.files).flatMap(([file, { source, mutants }]) =>
    mutants.flatMap(({ status, location, replacement }) =>
      status === "Survived" || status === "NoCoverage"
        ? [
            {
              file,
              line: lineAt(source, location.start.line),
              code: textAt(source, location.start, location.end),
              becomes: replacement ?? "",
            },
          ]
        : [],
    ),
  );
}

function lineAt(source: string, line: number): string {
  return (source.split("\n")[line - 1] ?? "").trim();
}

/** Whether the survivor's code begins on its line somewhere in the source. */
export function standsIn(source: string, { line, code }: Pick<Survivor, "line" | "code">): boolean {
  let start = source.indexOf(code);
  while (start >= 0) {
    if (lineAt(source, source.slice(0, start).split("\n").length) === line) return true;
    start = source.indexOf(code, start + 1);
  }
  return false;
}

function textAt(source: string, start: Position, end: Position): string {
  const lines = source.split("\n");
  const offset = ({ line, column }: Position) =>
    lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0) + column - 1;
  return source.slice(offset(start), offset(end));
}

/** Survivors that nobody has explained, and explanations of what survives no longer. */
export function compareSurvivors(
  found: readonly Survivor[],
  explained: readonly ExplainedSurvivors[],
): { readonly unexplained: readonly Survivor[]; readonly outdated: readonly Survivor[] } {
  const known = explained.flatMap(({ survivors }) => survivors);
  const missingFrom = (all: readonly Survivor[]) => {
    const keys = new Set(all.map(keyOf));
    return (survivor: Survivor) => !keys.has(keyOf(survivor));
  };
  return { unexplained: found.filter(missingFrom(known)), outdated: known.filter(missingFrom(found)) };
}

function keyOf({ file, line, code, becomes }: Survivor): string {
  return JSON.stringify([file, line, code, becomes]);
}
