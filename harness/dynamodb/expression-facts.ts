import {
  type Condition,
  type Operand,
  type PathRoot,
  parseCondition,
  parseProjection,
  parseUpdate,
} from "./expressions.ts";

/** What an expression touches, its placeholders not yet resolved. Depends on its text alone, so it is worth keeping. */
export interface ExpressionFacts {
  /** The first element of every document path. */
  readonly roots: readonly PathRoot[];
  /** Every `:value` placeholder. */
  readonly values: readonly string[];
  /** The `path = :value` tests that hold whenever the whole condition does, by the path as written. */
  readonly equalities: readonly { readonly root: PathRoot; readonly value: string }[];
}

export type ExpressionKind =
  | "ConditionExpression"
  | "FilterExpression"
  | "KeyConditionExpression"
  | "ProjectionExpression"
  | "UpdateExpression";

/** Reads an expression's facts; throws `ExpressionSyntaxError` when it is not one. */
export function expressionFacts(kind: ExpressionKind, text: string): ExpressionFacts {
  if (kind === "ProjectionExpression") return operandFacts(parseProjection(text));
  if (kind === "UpdateExpression") return operandFacts(parseUpdate(text).flatMap((action) => action.operands));
  const condition = parseCondition(text);
  return { ...operandFacts(conditionOperands(condition)), equalities: equalities(condition) };
}

function conditionOperands(condition: Condition): readonly Operand[] {
  return condition.kind === "comparison" ? condition.operands : condition.conditions.flatMap(conditionOperands);
}

function operandFacts(operands: readonly Operand[]): ExpressionFacts {
  const leaves = operands.flatMap(leavesOf);
  return {
    roots: [...new Set(leaves.flatMap((leaf) => (leaf.kind === "path" ? [leaf.root] : [])))],
    values: [...new Set(leaves.flatMap((leaf) => (leaf.kind === "value" ? [leaf.placeholder] : [])))],
    equalities: [],
  };
}

function leavesOf(operand: Operand): readonly Operand[] {
  return operand.kind === "path" || operand.kind === "value" ? [operand] : operand.operands.flatMap(leavesOf);
}

function equalities(condition: Condition): ExpressionFacts["equalities"] {
  if (condition.kind === "and") return condition.conditions.flatMap(equalities);
  if (condition.kind !== "comparison" || condition.operator !== "=") return [];
  const [left, right] = condition.operands;
  if (left?.kind === "path" && left.depth === 1 && right?.kind === "value") {
    return [{ root: left.root, value: right.placeholder }];
  }
  if (right?.kind === "path" && right.depth === 1 && left?.kind === "value") {
    return [{ root: right.root, value: left.placeholder }];
  }
  return [];
}

/** How many expressions are remembered. Programs write theirs down once, with placeholders for what varies. */
const REMEMBERED_EXPRESSIONS = 500;

export type ReadExpressionFacts = typeof expressionFacts;

/** The same, remembering the newest expressions that were read. */
export function rememberedExpressionFacts(): ReadExpressionFacts {
  const memory = new Map<string, ExpressionFacts>();
  return (kind, text) => {
    const name = `${kind}\n${text}`;
    const known = memory.get(name);
    if (known !== undefined) return known;
    const facts = expressionFacts(kind, text);
    const oldest = memory.keys().next().value;
    if (memory.size >= REMEMBERED_EXPRESSIONS && oldest !== undefined) memory.delete(oldest);
    memory.set(name, facts);
    return facts;
  };
}
