import type { CompiledCondition } from "./condition-element.ts";
import type { Effect } from "./condition-matching.ts";
import type { StatementExplanation } from "./decision-types.ts";
import type { EvaluationContext } from "./evaluation-context.ts";
import type { PrincipalTest } from "./principal-element.ts";

/** `Action`, `NotAction`, `Resource` or `NotResource`, with its patterns as written. */
export interface ElementTest {
  readonly element: string;
  readonly written: readonly string[];
  readonly matches: (context: EvaluationContext) => boolean;
}

export interface CompiledStatement {
  /** `policy name#Sid`, or `policy name#index`. */
  readonly name: string;
  readonly effect: Effect;
  readonly principal: PrincipalTest | undefined;
  readonly action: ElementTest;
  /** Absent in a trust policy, whose resource is the role that holds it. */
  readonly resource: ElementTest | undefined;
  readonly conditions: readonly CompiledCondition[];
}

/** The first element that does not match, in the order of the policy's grammar; `undefined` if the statement applies. */
export function mismatchOf(statement: CompiledStatement, context: EvaluationContext): StatementExplanation["mismatch"] {
  if (statement.principal !== undefined && !statement.principal(context.principal)) return "Principal";
  if (!statement.action.matches(context)) return "Action";
  if (statement.resource !== undefined && !statement.resource.matches(context)) return "Resource";
  for (const condition of statement.conditions) if (!condition.holds(context)) return "Condition";
  return undefined;
}

/** The same in words, for those who want to know why. */
export function explainStatement(statement: CompiledStatement, context: EvaluationContext): StatementExplanation {
  const { name, effect } = statement;
  const mismatch = mismatchOf(statement, context);
  if (mismatch === undefined) return { statement: name, effect, applied: true };
  return { statement: name, effect, applied: false, mismatch, detail: detailOf(statement, mismatch, context) };
}

function detailOf(
  statement: CompiledStatement,
  mismatch: NonNullable<StatementExplanation["mismatch"]>,
  context: EvaluationContext,
): string {
  if (mismatch === "Principal") return "Principal does not name the one who asks";
  if (mismatch === "Action") return describeElement(statement.action, context.action);
  if (mismatch === "Resource") return describeElement(statement.resource, context.resourceArn);
  const failed = statement.conditions.find((condition) => !condition.holds(context));
  const values = failed === undefined ? undefined : context.values(failed.key);
  return `${failed?.text}: the request has ${values === undefined ? "no such key" : JSON.stringify(values)}`;
}

function describeElement(test: ElementTest | undefined, asked: string): string {
  return `${test?.element} ${JSON.stringify(test?.written)} does not cover ${asked}`;
}
