import type { Outcome } from "./replay.ts";

const BODY_CHARACTERS = 60;

/** Outcomes as a table for people: one line each, and a line for what must be said of one. */
export function outcomeTable(outcomes: readonly Outcome[]): string {
  const rows = [["event", "status", "function", "time", "answer"], ...outcomes.map(cells)];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => [...(row[column] ?? "")].length)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  return lines.join("\n");
}

function cells({ name, sent, status, functionRan, durationMilliseconds, body = "", note }: Outcome): string[] {
  const ran = functionRan === undefined ? "not shown" : functionRan ? "ran" : "did not run";
  const time = durationMilliseconds === undefined ? "" : `${durationMilliseconds.toFixed(0)} ms`;
  const answer = [shortened(body), note ?? ""].filter((part) => part !== "").join("  ");
  return [name, sent === "no" ? "not sent" : String(status ?? "none"), sent === "no" ? "" : ran, time, answer];
}

/** On one line, whatever is in it: an answer must not move a terminal's cursor. */
function shortened(body: string): string {
  const line = body.replace(/[\p{Cc}\p{Cf}]+/gu, " ");
  return [...line].length <= BODY_CHARACTERS ? line : `${[...line].slice(0, BODY_CHARACTERS - 1).join("")}…`;
}

/** For scripts, and for `--expect`. */
export function outcomeJson(outcomes: readonly Outcome[]): string {
  return JSON.stringify(outcomes, undefined, 2);
}

export function summary(outcomes: readonly Outcome[]): string {
  const sent = outcomes.filter(({ sent: how }) => how !== "no").length;
  const notSent = outcomes.length - sent;
  return `${sent} ${sent === 1 ? "event" : "events"} replayed${notSent === 0 ? "" : `, ${notSent} not sent`}`;
}
