import { conditionKey } from "./condition-keys.ts";
import { compileTest, type StatementSyntax } from "./condition-matching.ts";
import type { EvaluationContext } from "./evaluation-context.ts";
import type { Report } from "./policy-variables.ts";

/** One condition operator with one key: all of a statement's have to hold. */
export interface CompiledCondition {
  /** The operator, key and values as written, for explanations. */
  readonly text: string;
  readonly key: string;
  readonly holds: (context: EvaluationContext) => boolean;
}

/** Compiles a `Condition` element: operator → key → value or values. Every rule that it breaks is reported. When a condition
 * holds, `condition-matching.ts` says.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html */
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
  const test = values && compileTest(operator, values, syntax, report);
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
