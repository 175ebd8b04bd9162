import { readFileSync } from "node:fs";
import { cpus, platform, release, totalmem } from "node:os";

export type Unit = "/s" | "µs" | "ms" | "MiB" | "KiB" | "";

/** One thing that was measured. Machines differ and so do days: where there is a `floor`, only `ours / floor` is compared. */
export interface Figure {
  readonly name: string;
  readonly unit: Unit;
  readonly ours: number;
  /** The same thing, measured at the floor in the same run. */
  readonly floor?: number;
  /** Whether a smaller number is the better one. */
  readonly lessIsBetter: boolean;
}

/** What a run leaves for a later one to be compared with. */
export interface Results {
  readonly machine: string;
  readonly date: string;
  readonly figures: readonly Figure[];
}

export function machine(): string {
  const [first] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${cpus().length} × ${first?.model.trim() ?? "unknown processor"}, ${memory} GiB, ${platform()} ${release()}, Node.js ${process.version}`;
}

export function ratio({ ours, floor }: Figure): number | undefined {
  return floor === undefined ? undefined : ours / floor;
}

/** A short number: three digits where they say something. */
function shown(value: number, unit: Unit): string {
  const digits = value >= 100 || Number.isInteger(value) ? 0 : value >= 10 ? 1 : 2;
  return `${value.toFixed(digits)}${unit === "/s" ? "/s" : unit === "" ? "" : ` ${unit}`}`;
}

const WIDTHS = [66, 14, 14, 10, 24] as const;

export function row(...cells: readonly string[]): string {
  return cells
    .map((cell, index) => cell.padEnd(WIDTHS[index] ?? 14))
    .join("")
    .trimEnd();
}

/** One line of the table: ours, the floor, their ratio, and how that moved against an earlier run. */
export function figureRow(figure: Figure, earlier: Results | undefined): string {
  const own = ratio(figure);
  return row(
    figure.name,
    shown(figure.ours, figure.unit),
    figure.floor === undefined ? "" : shown(figure.floor, figure.unit),
    own === undefined ? "" : own.toFixed(2),
    movement(figure, earlier),
  );
}

/** By ratios to the floor where there is one; a figure without a floor is compared as it is, which holds on one machine only. */
function movement(figure: Figure, earlier: Results | undefined): string {
  if (earlier === undefined) return "";
  const before = earlier.figures.find(({ name, unit }) => name === figure.name && unit === figure.unit);
  if (before === undefined) return "new";
  const [now, then] = [ratio(figure) ?? figure.ours, ratio(before) ?? before.ours];
  const change = now / then;
  const better = figure.lessIsBetter ? change < 1 : change > 1;
  const word = Math.abs(change - 1) < 0.03 ? "as before" : better ? "better" : "worse";
  const relative = ratio(figure) === undefined ? ", absolute" : "";
  return `× ${change.toFixed(2)} ${word}${relative}`;
}

/** @throws Error with a sentence for the user when the file is no earlier run. */
export function readResults(file: string): Results {
  try {
    const parsed = JSON.parse(readFileSync(file, "utf8")) as Partial<Results>;
    if (Array.isArray(parsed.figures)) return parsed as Results;
  } catch {
    // Said below: unreadable, not JSON, and not an earlier run have the same remedy.
  }
  throw new Error(
    `${file} is not the output of an earlier run. Make one with: npm run --silent bench -- --json > FILE`,
  );
}
