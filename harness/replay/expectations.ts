import { HarnessError } from "../errors.ts";
import type { Outcome } from "./replay.ts";

/** What an event should lead to; what is left out is not compared. `--json` prints outcomes in this form. */
export interface Expectation {
  readonly name: string;
  readonly status?: number;
  readonly functionRan?: boolean;
  /** A text, byte for byte; or JSON of which the answer has at least this, where `"*"` is anything. */
  readonly body?: unknown;
  readonly sent?: string;
  /** What differs where the event is given to the function itself. */
  readonly invoke?: Omit<Expectation, "name" | "invoke">;
}

/** @throws HarnessError CONFIGURATION when the file holds no list of expectations. */
export function readExpectations(text: string, source: string): readonly Expectation[] {
  try {
    const value: unknown = JSON.parse(text);
    if (Array.isArray(value) && value.every(isExpectation)) return value;
  } catch {
    // Said below.
  }
  const form = '[{"name":"…","status":200}]';
  throw new HarnessError("CONFIGURATION", `${source} holds no expectations. Write it like ${form}, or with --json.`);
}

function isExpectation(value: unknown): value is Expectation {
  return typeof value === "object" && value !== null && typeof (value as Partial<Expectation>).name === "string";
}

/** One sentence for each outcome that is not as expected, and for each expectation that met no outcome. */
export function differences(outcomes: readonly Outcome[], expectations: readonly Expectation[]): readonly string[] {
  const byName = new Map(expectations.map((expectation) => [expectation.name, expectation]));
  const replayed = new Set(outcomes.map(({ name }) => name));
  const unmet = expectations.filter(({ name }) => !replayed.has(name)).map(({ name }) => `${name}: was not replayed`);
  return [...outcomes.flatMap((outcome) => differencesOf(outcome, byName.get(outcome.name))), ...unmet];
}

function differencesOf(outcome: Outcome, expectation: Expectation | undefined): readonly string[] {
  const { name } = outcome;
  if (expectation === undefined) return [`${name}: nothing is expected of it`];
  const { invoke, ...shared } = expectation;
  const wanted = outcome.sent === "invoke" ? { ...shared, ...invoke } : shared;
  const found: string[] = [];
  if (outcome.sent === "no" && wanted.sent !== "no") return [`${name}: was not sent. ${outcome.note ?? ""}`.trim()];
  if (wanted.sent === "no" && outcome.sent !== "no") found.push("was sent");
  if (wanted.status !== undefined && wanted.status !== outcome.status)
    found.push(`status ${outcome.status ?? `none (${outcome.note ?? ""})`} in place of ${wanted.status}`);
  const judged = wanted.functionRan !== undefined && outcome.functionRan !== undefined;
  if (judged && outcome.sent === "gateway" && wanted.functionRan !== outcome.functionRan)
    found.push(outcome.functionRan ? "a function ran" : "no function ran");
  if (wanted.body !== undefined && !bodyFits(outcome.body ?? "", wanted.body))
    found.push(
      `body ${outcome.body ?? ""} in place of ${typeof wanted.body === "string" ? wanted.body : JSON.stringify(wanted.body)}`,
    );
  return found.map((difference) => `${name}: ${difference}`);
}

function bodyFits(body: string, wanted: unknown): boolean {
  if (typeof wanted === "string") return wanted === "*" || body === wanted;
  try {
    return contains(JSON.parse(body), wanted);
  } catch {
    return false;
  }
}

function contains(actual: unknown, wanted: unknown): boolean {
  if (wanted === "*") return actual !== undefined;
  if (typeof wanted !== "object" || wanted === null) return actual === wanted;
  if (typeof actual !== "object" || actual === null) return false;
  if (Array.isArray(wanted))
    return (
      Array.isArray(actual) && actual.length === wanted.length && wanted.every((one, at) => contains(actual[at], one))
    );
  const members = actual as Readonly<Record<string, unknown>>;
  return Object.entries(wanted).every(
    ([name, value]) => Object.hasOwn(members, name) && contains(members[name], value),
  );
}
