import { conditionKey } from "./condition-keys.ts";
import {
  CONDITION_OPERATORS,
  type Comparison,
  type ConditionOperator,
  type OperatorName,
  parseOperatorName,
} from "./condition-operators.ts";
import type { EvaluationContext } from "./evaluation-context.ts";
import type { Report } from "./policy-variables.ts";

export type Effect = "Allow" | "Deny";

/** One condition operator with one key: all of a statement's have to hold. */
export interface CompiledCondition {
  /** The operator, key and values as written, for explanations. */
  readonly text: string;
  readonly key: string;
  readonly holds: (context: EvaluationContext) => boolean;
}

/** How the texts of a statement are read. */
export interface StatementSyntax {
  readonly effect: Effect;
  /** Policy variables are known from version 2012-10-17 on. */
  readonly variables: boolean;
}

/** Compiles a `Condition` element: operator → key → value or values. */
export function compileConditions(
  element: Readonly<Record<string, unknown>>,
  syntax: StatementSyntax,
  report: Report,
): readonly CompiledCondition[] {
  return Object.entries(element).flatMap(([operator, tests]) => {
    if (typeof tests !== "object" || tests === null || Array.isArray(tests) || Object.keys(tests).length === 0) {
      report(`Condition.${operator} is not an object of condition keys.`);
      return [];
    }
    reportRepeatedKeys(operator, Object.keys(tests), report);
    return Object.entries(tests).flatMap(([key, values]) => {
      const at: Report = (rule) => report(`Condition.${operator}.${key}: ${rule}`);
      const condition = compileCondition(operator, key, values, syntax, at);
      return condition === undefined ? [] : [condition];
    });
  });
}

/** Names that differ in case are one key. Which of its two lists of values would count is not said anywhere, and AWS's own
 * check of policies calls it an error.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html */
function reportRepeatedKeys(operator: string, keys: readonly string[], report: Report): void {
  const seen = new Set<string>();
  for (const key of keys) {
    const name = key.toLowerCase();
    if (seen.has(name))
      report(`Condition.${operator} has the key ${key} twice; letters in another case make no other key.`);
    seen.add(name);
  }
}

function compileCondition(
  operator: string,
  keyText: string,
  element: unknown,
  syntax: StatementSyntax,
  report: Report,
): CompiledCondition | undefined {
  const key = knownKey(keyText, report);
  const values = policyValues(element, report);
  const test = values && compileTest(parseOperatorName(operator), operator, values, syntax, report);
  if (key === undefined || test === undefined) return undefined;
  const text = `${operator} ${keyText} ${JSON.stringify(values)}`;
  return { text, key, holds: (context) => test(context.values(key), context) };
}

function knownKey(text: string, report: Report): string | undefined {
  const key = conditionKey(text);
  if (key.kind === "known") return key.name;
  report(
    key.kind === "unknown"
      ? "no such condition key is known; check the spelling."
      : `the key is not emulated; ${key.remedy}`,
  );
  return undefined;
}

function policyValues(element: unknown, report: Report): readonly string[] | undefined {
  const values: readonly unknown[] = Array.isArray(element) ? element : [element];
  const isValue = (value: unknown) => ["string", "number", "boolean"].includes(typeof value);
  if (values.length === 0 || !values.every(isValue)) {
    report("a condition value is a string, number or boolean, or a list of them that is not empty.");
    return undefined;
  }
  return values.map(String);
}

type ConditionTest = (values: readonly string[] | undefined, context: EvaluationContext) => boolean;

function compileTest(
  name: OperatorName,
  written: string,
  values: readonly string[],
  syntax: StatementSyntax,
  report: Report,
): ConditionTest | undefined {
  if (name.base === "Null") return compileNull(name, values, report);
  const operator = CONDITION_OPERATORS.get(name.base);
  if (operator === undefined) {
    report(`${written} is not a condition operator.`);
    return undefined;
  }
  const comparisons = values.map((value) => operator.compile(value, syntax.variables, report));
  if (!comparisons.every((comparison) => comparison !== undefined)) return undefined;
  return quantified(name, operator, valueTest(operator, comparisons, syntax.effect), syntax.effect);
}

type ValueTest = (value: string, context: EvaluationContext) => boolean;

/** Values of the policy are alternatives; under a negated operator none of them may match. A request's value that
 * cannot be compared is decided for the safe side: it satisfies a denial and no permission. */
function valueTest(operator: ConditionOperator, comparisons: readonly Comparison[], effect: Effect): ValueTest {
  return (value, context) => {
    let comparable = true;
    for (const comparison of comparisons) {
      const matched = comparison(value, context.resolve);
      if (matched === true) return !operator.negated;
      if (matched === undefined) comparable = false;
    }
    return comparable ? operator.negated : effect === "Deny";
  };
}

/**
 * How many of the request's values have to pass.
 *
 * - A key without a value fails an operator, passes a negated one, and passes with `IfExists`.
 * - `ForAllValues` passes without a value, or with the empty string alone; `ForAnyValue` then fails, with `IfExists` too.
 * - Several values without a qualifier are outside of what AWS defines ("multivalued context keys require a condition
 *   set operator"): all have to pass for a permission, one is enough for a denial.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
 */
function quantified(name: OperatorName, operator: ConditionOperator, test: ValueTest, effect: Effect): ConditionTest {
  const { qualifier, ifExists } = name;
  const absent = qualifier === undefined ? ifExists || operator.negated : qualifier === "ForAllValues";
  const every = qualifier === undefined ? effect === "Allow" : qualifier === "ForAllValues";
  return (values, context) => {
    if (values === undefined || values.length === 0) return absent;
    if (qualifier !== undefined && isNullSet(values)) return qualifier === "ForAllValues";
    const passes = (value: string) => test(value, context);
    return every ? values.every(passes) : values.some(passes);
  };
}

function isNullSet(values: readonly string[] | undefined): boolean {
  return values === undefined || values.every((value) => value === "");
}

/** `Null` asks for absence (`true`) or presence (`false`); an empty value is as good as none.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Null */
function compileNull(name: OperatorName, values: readonly string[], report: Report): ConditionTest | undefined {
  if (name.ifExists || name.qualifier !== undefined) {
    report("Null takes neither IfExists nor a set qualifier.");
    return undefined;
  }
  const wanted = values.map((value) => value.toLowerCase());
  if (!wanted.every((value) => value === "true" || value === "false")) {
    report('Null is compared with "true" (the key is absent) or "false" (it is present).');
    return undefined;
  }
  return (given) => wanted.some((value) => value === String(isNullSet(given)));
}
