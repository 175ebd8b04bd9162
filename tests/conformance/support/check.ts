import { isDeepStrictEqual } from "node:util";
import { ABSENT, type HttpCase } from "./case.ts";
import type { RawAnswer } from "./raw-http.ts";

/** Stands for the answer's own request id. */
const REQUEST_ID = "<apigw-requestid>";

/** What came of one request, as far as whoever sent it can know. */
export interface Observed {
  readonly answer: RawAnswer;
  /** Local only: what the harness knows besides. */
  readonly inside?: {
    readonly ran: boolean;
    /** The journal's entries of this request: step and reason. */
    readonly journal: readonly (readonly [step: string, reason: string])[];
    readonly log: readonly string[];
    readonly access: Readonly<Record<string, string>> | undefined;
  };
}

/** Every way in which an observation differs from its case; none when it conforms. */
export function differences(expected: HttpCase, { answer, inside }: Observed): readonly string[] {
  const found: string[] = [];
  const compare = (what: string, wanted: unknown, seen: unknown) => {
    if (!fits(wanted, seen)) found.push(`${what}: expected ${show(wanted)}, saw ${show(seen)}`);
  };
  compare("status", expected.status, answer.status);
  for (const [name, wanted] of Object.entries(expected.header ?? {})) {
    const values = answer.headers.filter(([given]) => given === name).map(([, value]) => value);
    if (Array.isArray(wanted)) compare(`header ${name}`, wanted, values);
    else compare(`header ${name}`, wanted, values.length === 0 ? undefined : values.join(", "));
  }
  const body = answer.body.toString("utf8");
  if (expected.reply !== undefined) compare("body", expected.reply, body);
  if (expected.json !== undefined)
    compareMembers(expected.json, body, (what, wanted, seen) =>
      compare(what, wanted === REQUEST_ID ? value(answer, "apigw-requestid") : wanted, seen),
    );
  if (
    !/^[A-Za-z0-9_-]{15}=$/.test(value(answer, "apigw-requestid") ?? "") &&
    expected.header?.["apigw-requestid"] === undefined
  )
    found.push(`header apigw-requestid: saw ${show(value(answer, "apigw-requestid"))}`);
  for (const name of ["x-amzn-requestid", "x-amz-apigw-id", "x-amzn-errortype"])
    compare(`header ${name}`, ABSENT, value(answer, name));
  if (inside !== undefined) compareInside(expected, inside, compare);
  return found;
}

type Compare = (what: string, wanted: unknown, seen: unknown) => void;

function compareMembers(members: Readonly<Record<string, unknown>>, body: string, compare: Compare): void {
  const parsed = parse(body);
  for (const [pointer, wanted] of Object.entries(members)) compare(pointer, wanted, memberOf(parsed, pointer));
}

function compareInside(expected: HttpCase, inside: NonNullable<Observed["inside"]>, compare: Compare): void {
  if (expected.ran !== undefined) compare("function ran", expected.ran, inside.ran);
  if (expected.journal !== undefined) {
    const [step, reason] = expected.journal;
    const entries = inside.journal.filter(([candidate]) => candidate === step);
    compare(
      `journal, ${step}`,
      reason,
      entries.find(([, text]) => text.includes(reason)) === undefined ? entries : reason,
    );
  }
  if (expected.log !== undefined) compareLog(expected.log, inside.log, compare);
  const { silent } = expected;
  if (silent !== undefined)
    compare(
      `log without ${silent}`,
      undefined,
      inside.log.find((line) => silent.test(line)),
    );
  for (const [name, wanted] of Object.entries(expected.access ?? {}))
    compare(`access log, ${name}`, wanted, inside.access?.[name]);
}

function compareLog(wanted: readonly RegExp[], log: readonly string[], compare: Compare): void {
  let from = 0;
  for (const pattern of wanted) {
    const at = log.findIndex((line, index) => index >= from && pattern.test(line));
    compare(`log line ${pattern}`, true, at >= 0 ? true : log);
    from = at + 1;
  }
}

function fits(wanted: unknown, seen: unknown): boolean {
  if (wanted === ABSENT) return seen === undefined;
  if (wanted instanceof RegExp) return typeof seen === "string" && wanted.test(seen);
  return isDeepStrictEqual(wanted, seen);
}

function value(answer: RawAnswer, name: string): string | undefined {
  return answer.headers.find(([given]) => given === name)?.[1];
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function memberOf(value: unknown, pointer: string): unknown {
  if (pointer === "") return value;
  let current = value;
  for (const part of pointer.slice(1).split("/")) {
    const name = part.replaceAll("~1", "/").replaceAll("~0", "~");
    if (typeof current !== "object" || current === null || !Object.hasOwn(current, name)) return undefined;
    current = (current as Record<string, unknown>)[name];
  }
  return current;
}

function show(value: unknown): string {
  const text = value instanceof RegExp ? String(value) : (JSON.stringify(value) ?? "nothing");
  return text.length > 600 ? `${text.slice(0, 600)}…` : text;
}
