import { compileArnCondition } from "./arn-pattern.ts";
import { parseDate } from "./dates.ts";
import { parseIpRange } from "./ip-addresses.ts";
import { compareDecimals, parseDecimal } from "./numbers.ts";
import { compilePattern, type ResolveVariable } from "./pattern.ts";
import { bindText, parsePolicyText, type Report } from "./policy-variables.ts";

/** Whether a value of the request matches one value of the policy; `undefined` when the request's value is not of the
 * operator's type and cannot be compared. */
export type Comparison = (requestValue: string, resolve: ResolveVariable) => boolean | undefined;

/** Reads one value of the policy, or reports what is wrong with it. */
type CompileComparison = (policyValue: string, variables: boolean, report: Report) => Comparison | undefined;

export interface ConditionOperator {
  /** The operator asks that no value of the policy matches. */
  readonly negated: boolean;
  readonly compile: CompileComparison;
}

function stringEquals(fold: (text: string) => string): CompileComparison {
  return (policyValue, variables, report) => {
    const atoms = parsePolicyText(policyValue, { variables, wildcards: false }, report);
    if (atoms === undefined) return undefined;
    return (value, resolve) => {
      const wanted = bindText(atoms, resolve);
      return wanted !== undefined && fold(value) === fold(wanted);
    };
  };
}

const stringLike: CompileComparison = (policyValue, variables, report) => {
  const atoms = parsePolicyText(policyValue, { variables, wildcards: true }, report);
  if (atoms === undefined) return undefined;
  const pattern = compilePattern(atoms);
  return (value, resolve) => pattern(value, resolve) === true;
};

/** Operators that take no policy variable. */
function literal(read: (text: string) => Comparison | undefined, wanted: string): CompileComparison {
  return (policyValue, _variables, report) => {
    const comparison = read(policyValue);
    if (comparison === undefined) report(`"${policyValue}" is not ${wanted}.`);
    return comparison;
  };
}

function ordered<T>(
  parse: (text: string) => T | undefined,
  compare: (a: T, b: T) => number,
  holds: (order: number) => boolean,
): (text: string) => Comparison | undefined {
  return (text) => {
    const wanted = parse(text);
    if (wanted === undefined) return undefined;
    return (value) => {
      const given = parse(value);
      return given === undefined ? undefined : holds(compare(given, wanted));
    };
  };
}

const numeric = (holds: (order: number) => boolean) =>
  literal(ordered(parseDecimal, compareDecimals, holds), "a number; write digits, with a point at most");
const date = (holds: (order: number) => boolean) =>
  literal(
    ordered(parseDate, (a, b) => a - b, holds),
    "a date; write ISO 8601 such as 2026-01-31T12:00:00Z, or epoch seconds",
  );

function parseBoolean(text: string): boolean | undefined {
  const lower = text.toLowerCase();
  return lower === "true" ? true : lower === "false" ? false : undefined;
}

function parseBinary(text: string): string | undefined {
  const isBase64 = text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);
  return isBase64 ? Buffer.from(text, "base64").toString("latin1") : undefined;
}

function same<T>(parse: (text: string) => T | undefined): (text: string) => Comparison | undefined {
  return ordered(
    parse,
    (a, b) => (a === b ? 0 : 1),
    (order) => order === 0,
  );
}

const asIs = (text: string) => text;
const lowerCase = (text: string) => text.toLowerCase();
const equal = (order: number) => order === 0;
const less = (order: number) => order < 0;
const lessOrEqual = (order: number) => order <= 0;
const greater = (order: number) => order > 0;
const greaterOrEqual = (order: number) => order >= 0;
const ipAddress = literal(parseIpRange, "an IP address or CIDR range");

function row(compile: CompileComparison, negated = false): ConditionOperator {
  return { negated, compile };
}

/**
 * Every condition operator but `Null`, by its exact name without `IfExists` and set qualifier. A binary value stands in
 * a request as base64, as it does in a policy.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
export const CONDITION_OPERATORS: ReadonlyMap<string, ConditionOperator> = new Map([
  ["StringEquals", row(stringEquals(asIs))],
  ["StringNotEquals", row(stringEquals(asIs), true)],
  ["StringEqualsIgnoreCase", row(stringEquals(lowerCase))],
  ["StringNotEqualsIgnoreCase", row(stringEquals(lowerCase), true)],
  ["StringLike", row(stringLike)],
  ["StringNotLike", row(stringLike, true)],
  ["NumericEquals", row(numeric(equal))],
  ["NumericNotEquals", row(numeric(equal), true)],
  ["NumericLessThan", row(numeric(less))],
  ["NumericLessThanEquals", row(numeric(lessOrEqual))],
  ["NumericGreaterThan", row(numeric(greater))],
  ["NumericGreaterThanEquals", row(numeric(greaterOrEqual))],
  ["DateEquals", row(date(equal))],
  ["DateNotEquals", row(date(equal), true)],
  ["DateLessThan", row(date(less))],
  ["DateLessThanEquals", row(date(lessOrEqual))],
  ["DateGreaterThan", row(date(greater))],
  ["DateGreaterThanEquals", row(date(greaterOrEqual))],
  ["Bool", row(literal(same(parseBoolean), 'a boolean; write "true" or "false"'))],
  ["BinaryEquals", row(literal(same(parseBinary), "base64"))],
  ["IpAddress", row(ipAddress)],
  ["NotIpAddress", row(ipAddress, true)],
  ["ArnEquals", row(compileArnCondition)],
  ["ArnLike", row(compileArnCondition)],
  ["ArnNotEquals", row(compileArnCondition, true)],
  ["ArnNotLike", row(compileArnCondition, true)],
]);

export type SetQualifier = "ForAllValues" | "ForAnyValue";

export interface OperatorName {
  readonly base: string;
  readonly qualifier?: SetQualifier;
  readonly ifExists: boolean;
}

/** Takes `ForAllValues:StringLikeIfExists` apart; whether the base is an operator is for the tables to say. */
export function parseOperatorName(text: string): OperatorName {
  const found = /^(?:(ForAllValues|ForAnyValue):)?(.*?)(IfExists)?$/s.exec(text);
  const base = found?.[2] ?? text;
  const ifExists = found?.[3] !== undefined;
  const qualifier = found?.[1];
  if (qualifier === "ForAllValues" || qualifier === "ForAnyValue") return { base, qualifier, ifExists };
  return { base, ifExists };
}
