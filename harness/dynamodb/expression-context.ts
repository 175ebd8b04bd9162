import { isJsonObject, type JsonObject, memberOf } from "../json.ts";
import { type DynamoDbError, validationError } from "./errors.ts";
import type { ExpressionFacts, ExpressionKind, ReadExpressionFacts } from "./expression-facts.ts";
import { ExpressionSyntaxError } from "./expression-tokens.ts";

/** What a request's expressions name, placeholders resolved. */
export interface ResolvedExpressions {
  /** The top-level attributes of all expressions. */
  readonly attributes: readonly string[];
  /** The equality tests of the key condition: attribute and value. */
  readonly keyEqualities: readonly { readonly attribute: string; readonly value: unknown }[];
}

const KINDS: readonly ExpressionKind[] = [
  "KeyConditionExpression",
  "ProjectionExpression",
  "UpdateExpression",
  "ConditionExpression",
  "FilterExpression",
];

type Resolution = { readonly kind: "resolved" } & ResolvedExpressions;
type Refusal = { readonly kind: "refused"; readonly error: DynamoDbError };

/** Reads every expression of a request. What cannot be understood refuses the request: nothing is guessed. */
export function resolveExpressions(input: JsonObject, readFacts: ReadExpressionFacts): Resolution | Refusal {
  const attributes = new Set<string>();
  const keyEqualities: { attribute: string; value: unknown }[] = [];
  for (const kind of KINDS) {
    const text = input[kind];
    if (typeof text !== "string") continue;
    const facts = readExpression(kind, text, readFacts);
    if ("error" in facts) return { kind: "refused", error: facts.error };
    for (const root of facts.roots) {
      const name = attributeName(root, input);
      if (name === undefined) return refusal(kind, undefinedName(root));
      attributes.add(name);
    }
    for (const placeholder of facts.values) {
      if (placeholderValue(placeholder, input) === undefined) return refusal(kind, undefinedValue(placeholder));
    }
    for (const { root, value } of facts.equalities) {
      if (kind !== "KeyConditionExpression") break;
      keyEqualities.push({ attribute: attributeName(root, input) ?? root, value: placeholderValue(value, input) });
    }
  }
  return { kind: "resolved", attributes: [...attributes], keyEqualities };
}

function readExpression(
  kind: ExpressionKind,
  text: string,
  readFacts: ReadExpressionFacts,
): ExpressionFacts | { readonly error: DynamoDbError } {
  if (text.trim() === "") return { error: expressionError(kind, "The expression can not be empty;") };
  try {
    return readFacts(kind, text);
  } catch (error) {
    if (error instanceof ExpressionSyntaxError) return { error: expressionError(kind, error.message) };
    throw error;
  }
}

const expressionError = (kind: ExpressionKind, text: string) => validationError(`Invalid ${kind}: ${text}`);
const refusal = (kind: ExpressionKind, text: string): Refusal => ({
  kind: "refused",
  error: expressionError(kind, text),
});

const undefinedName = (name: string) =>
  `An expression attribute name used in the document path is not defined; attribute name: ${name}`;
const undefinedValue = (value: string) =>
  `An expression attribute value used in expression is not defined; attribute value: ${value}`;

/** A path's first element as an attribute's name: itself, or what the placeholder stands for. */
function attributeName(root: string, input: JsonObject): string | undefined {
  if (!root.startsWith("#")) return root;
  const names = input.ExpressionAttributeNames;
  const name = isJsonObject(names) ? memberOf(names, root) : undefined;
  return typeof name === "string" ? name : undefined;
}

function placeholderValue(placeholder: string, input: JsonObject): unknown {
  const values = input.ExpressionAttributeValues;
  return isJsonObject(values) ? memberOf(values, placeholder) : undefined;
}
