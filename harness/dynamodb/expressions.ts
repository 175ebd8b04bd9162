import { type TokenReader, tokenReader } from "./expression-reader.ts";

/** A document path's first element, still as written: an attribute name, or a `#` placeholder for one. */
export type PathRoot = string;

export type Operand =
  | { readonly kind: "path"; readonly root: PathRoot; readonly depth: number }
  | { readonly kind: "value"; readonly placeholder: string }
  | { readonly kind: "function"; readonly name: string; readonly operands: readonly Operand[] }
  | { readonly kind: "arithmetic"; readonly operands: readonly Operand[] };

export type Condition =
  | { readonly kind: "and" | "or" | "not"; readonly conditions: readonly Condition[] }
  | { readonly kind: "comparison"; readonly operator: string; readonly operands: readonly Operand[] };

/** What an update does to one path. */
export interface UpdateAction {
  readonly clause: "SET" | "REMOVE" | "ADD" | "DELETE";
  readonly operands: readonly Operand[];
}

const COMPARATORS = new Set(["=", "<>", "<", "<=", ">", ">="]);
const CONDITION_FUNCTIONS: ReadonlyMap<string, number> = new Map([
  ["attribute_exists", 1],
  ["attribute_not_exists", 1],
  ["attribute_type", 2],
  ["begins_with", 2],
  ["contains", 2],
]);
const SIZE: ReadonlyMap<string, number> = new Map([["size", 1]]);
const UPDATE_FUNCTIONS: ReadonlyMap<string, number> = new Map([
  ["if_not_exists", 2],
  ["list_append", 2],
]);

/** Words of the grammar, which never name an attribute; all of them are reserved.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ReservedWords.html */
const KEYWORDS = new Set(["AND", "OR", "NOT", "BETWEEN", "IN", "SET", "REMOVE", "ADD", "DELETE"]);

/** A condition, filter or key condition.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html */
export function parseCondition(text: string): Condition {
  const reader = tokenReader(text);
  const condition = readOr(reader);
  if (reader.peek().kind !== "end") reader.fail();
  return condition;
}

function readOr(reader: TokenReader): Condition {
  const conditions = [readAnd(reader)];
  while (reader.takeKeyword("OR")) conditions.push(readAnd(reader));
  return group("or", conditions);
}

function readAnd(reader: TokenReader): Condition {
  const conditions = [readNot(reader)];
  while (reader.takeKeyword("AND")) conditions.push(readNot(reader));
  return group("and", conditions);
}

const group = (kind: "and" | "or", conditions: readonly Condition[]): Condition => {
  const [only, ...others] = conditions;
  return only !== undefined && others.length === 0 ? only : { kind, conditions };
};

function readNot(reader: TokenReader): Condition {
  return reader.nested(() => {
    if (reader.takeKeyword("NOT")) return { kind: "not", conditions: [readNot(reader)] };
    if (reader.takeSymbol("(")) {
      const condition = readOr(reader);
      reader.expectSymbol(")");
      return condition;
    }
    return readTest(reader);
  });
}

function readTest(reader: TokenReader): Condition {
  const called = readCall(reader, CONDITION_FUNCTIONS, readConditionOperand);
  if (called !== undefined) return { kind: "comparison", operator: called.name, operands: called.operands };
  const left = readConditionOperand(reader);
  if (reader.takeKeyword("BETWEEN")) {
    const low = readConditionOperand(reader);
    if (!reader.takeKeyword("AND")) reader.fail();
    return { kind: "comparison", operator: "BETWEEN", operands: [left, low, readConditionOperand(reader)] };
  }
  if (reader.takeKeyword("IN")) {
    reader.expectSymbol("(");
    const choices = readList(reader, readConditionOperand);
    reader.expectSymbol(")");
    return { kind: "comparison", operator: "IN", operands: [left, ...choices] };
  }
  const operator = reader.peek();
  if (operator.kind !== "symbol" || !COMPARATORS.has(operator.text)) reader.fail();
  reader.take();
  return { kind: "comparison", operator: operator.text, operands: [left, readConditionOperand(reader)] };
}

function readConditionOperand(reader: TokenReader): Operand {
  return readCall(reader, SIZE, readConditionOperand) ?? readPlainOperand(reader);
}

interface Call {
  readonly kind: "function";
  readonly name: string;
  readonly operands: readonly Operand[];
}

/** A call of one of the functions; undefined, and nothing taken, when none stands here. Their names are case-sensitive. */
function readCall(
  reader: TokenReader,
  functions: ReadonlyMap<string, number>,
  readOperand: (reader: TokenReader) => Operand,
): Call | undefined {
  const name = reader.peek();
  const opens = reader.peek(1);
  if (name.kind !== "word" || opens.kind !== "symbol" || opens.text !== "(") return undefined;
  const arity = functions.get(name.text);
  if (arity === undefined) return undefined;
  reader.take();
  reader.take();
  const operands = reader.nested(() => readList(reader, readOperand));
  if (operands.length !== arity) reader.fail();
  reader.expectSymbol(")");
  return { kind: "function", name: name.text, operands };
}

function readList<T>(reader: TokenReader, readOne: (reader: TokenReader) => T): readonly T[] {
  const list = [readOne(reader)];
  while (reader.takeSymbol(",")) list.push(readOne(reader));
  return list;
}

function readPlainOperand(reader: TokenReader): Operand {
  if (reader.peek().kind === "value") return { kind: "value", placeholder: reader.take().text };
  return readPath(reader);
}

/** `name`, `#name`, `a.b[3].#c`. */
function readPath(reader: TokenReader): Operand {
  const root = readPathElement(reader);
  let depth = 1;
  for (;;) {
    if (reader.takeSymbol(".")) readPathElement(reader);
    else if (reader.takeSymbol("[")) {
      if (reader.take().kind !== "number") reader.fail();
      reader.expectSymbol("]");
    } else return { kind: "path", root, depth };
    depth += 1;
  }
}

function readPathElement(reader: TokenReader): string {
  const { kind, text } = reader.peek();
  const isName = kind === "name" || (kind === "word" && !KEYWORDS.has(text.toUpperCase()));
  if (!isName) reader.fail();
  reader.take();
  return text;
}

/** The paths that a projection asks for. */
export function parseProjection(text: string): readonly Operand[] {
  const reader = tokenReader(text);
  const paths = readList(reader, readPath);
  if (reader.peek().kind !== "end") reader.fail();
  return paths;
}

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html */
export function parseUpdate(text: string): readonly UpdateAction[] {
  const reader = tokenReader(text);
  const actions: UpdateAction[] = [];
  do actions.push(...readClause(reader));
  while (reader.peek().kind !== "end");
  return actions;
}

function readClause(reader: TokenReader): readonly UpdateAction[] {
  if (reader.takeKeyword("SET")) {
    return readList(reader, readAssignment).map((operands) => ({ clause: "SET", operands }));
  }
  if (reader.takeKeyword("REMOVE")) {
    return readList(reader, readPath).map((path) => ({ clause: "REMOVE", operands: [path] }));
  }
  const clause = reader.takeKeyword("ADD") ? "ADD" : reader.takeKeyword("DELETE") ? "DELETE" : reader.fail();
  return readList(reader, readPathAndValue).map((operands) => ({ clause, operands }));
}

function readAssignment(reader: TokenReader): readonly Operand[] {
  const path = readPath(reader);
  reader.expectSymbol("=");
  const first = readUpdateOperand(reader);
  if (!reader.takeSymbol("+") && !reader.takeSymbol("-")) return [path, first];
  return [path, { kind: "arithmetic", operands: [first, readUpdateOperand(reader)] }];
}

/** Parentheses around a value change nothing, and are allowed. */
function readUpdateOperand(reader: TokenReader): Operand {
  return reader.nested(() => {
    if (!reader.takeSymbol("(")) {
      return readCall(reader, UPDATE_FUNCTIONS, readUpdateOperand) ?? readPlainOperand(reader);
    }
    const inner = readUpdateOperand(reader);
    const sum = reader.takeSymbol("+") || reader.takeSymbol("-");
    const operands = sum ? [inner, readUpdateOperand(reader)] : [inner];
    reader.expectSymbol(")");
    return { kind: "arithmetic", operands };
  });
}

function readPathAndValue(reader: TokenReader): readonly Operand[] {
  const path = readPath(reader);
  if (reader.peek().kind !== "value") reader.fail();
  return [path, readPlainOperand(reader)];
}
