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

/** How the texts of a statement are read. */
export interface StatementSyntax {
  readonly effect: Effect;
  /** Policy variables are known from version 2012-10-17 on. */
  readonly variables: boolean;
}

/** Whether a condition holds of the values that a request has for its key; `undefined` where it has no such key. */
export type ConditionTest = (values: readonly string[] | undefined, context: EvaluationContext) => boolean;

/** Compiles an operator, as written, with the policy's values; `undefined` after a report. */
export function compileTest(
  operatorText: string,
  policyValues: readonly string[],
  syntax: StatementSyntax,
  report: Report,
): ConditionTest | undefined {
  const name = parseOperatorName(operatorText);
  if (name.base === "Null") return compileNull(name, policyValues, report);
  const operator = CONDITION_OPERATORS.get(name.base);
  if (operator === undefined) {
    report(`${operatorText} is not a condition operator.`);
    return undefined;
  }
  const comparisons = policyValues.map((value) => operator.compile(value, syntax.variables, report));
  if (!comparisons.every((comparison) => comparison !== undefined)) return undefined;
  return quantified(name, operator, valueTest(operator, comparisons, syntax.effect), syntax.effect);
}

/**
 * How many of the request's values have to pass, and what a key without a value means.
 *
 * - `ForAllValues` holds without a value, or with the empty string alone; `ForAnyValue` then does not, with `IfExists` too.
 * - Without a qualifier, a key without a value fails an operator, passes a negated one, and passes with `IfExists`.
 * - Several values without a qualifier are outside of what AWS defines ("multivalued context keys require a condition
 *   set operator"): all have to pass for a permission, one is enough for a denial.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
 */
function quantified(name: OperatorName, operator: ConditionOperator, test: ValueTest, effect: Effect): ConditionTest {
  const { qualifier, ifExists } = name;
  return (values, context) => {
    const passes = (value: string) => test(value, context);
    if (qualifier === "ForAllValues") return !hasContent(values) || values.every(passes);
    if (qualifier === "ForAnyValue") return hasContent(values) && values.some(passes);
    if (values === undefined || values.length === 0) return ifExists || operator.negated;
    return effect === "Allow" ? values.every(passes) : values.some(passes);
  };
}

/** An empty value is as good as none to set qualifiers and to `Null`. */
function hasContent(values: readonly string[] | undefined): values is readonly string[] {
  return values?.some((value) => value !== "") ?? false;
}

type ValueTest = (value: string, context: EvaluationContext) => boolean;

/** Whether one of the request's values passes. Values of the policy are alternatives; under a negated operator none of
 * them may match. A request's value that cannot be compared is decided for the safe side: it satisfies a denial and no
 * permission. */
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

/** `Null` asks for absence (`true`) or presence (`false`).
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Null */
function compileNull(name: OperatorName, policyValues: readonly string[], report: Report): ConditionTest | undefined {
  if (name.ifExists || name.qualifier !== undefined) {
    report("Null takes neither IfExists nor a set qualifier.");
    return undefined;
  }
  const wanted = policyValues.map((value) => value.toLowerCase());
  if (!wanted.every((value) => value === "true" || value === "false")) {
    report('Null is compared with "true" (the key is absent) or "false" (it is present).');
    return undefined;
  }
  return (values) => wanted.some((value) => value === String(!hasContent(values)));
}
