import { isJsonObject, type JsonObject, memberOf } from "../json.ts";
import { type DynamoDbError, serializationError, validationError } from "./errors.ts";

/**
 * The type of a request's member. Objects are read by their known members and maps by all; members that are `null` are
 * absent, unknown ones are dropped, so that an engine never sees what the gate has not read.
 */
export type Shape =
  | "string"
  | "integer"
  | "boolean"
  /** One attribute value. */
  | "value"
  | { readonly map: Shape }
  | { readonly list: Shape }
  | { readonly members: ReadonlyMap<string, Shape> };

/** A request that is not of its operation's shape; the error is DynamoDB's. */
class ShapeMismatch extends Error {
  readonly error: DynamoDbError;

  constructor(error: DynamoDbError) {
    super(error.type);
    this.error = error;
  }
}

const mismatch = (text: string): never => {
  throw new ShapeMismatch(serializationError(text));
};

/** Reads a request by its shape: what an engine may see of it, or the refusal. */
export function readShape(
  shape: Shape,
  value: unknown,
): { readonly kind: "read"; readonly input: JsonObject } | { readonly kind: "refused"; readonly error: DynamoDbError } {
  try {
    const input = read(shape, value);
    return isJsonObject(input) ? { kind: "read", input } : { kind: "refused", error: serializationError() };
  } catch (error) {
    if (error instanceof ShapeMismatch) return { kind: "refused", error: error.error };
    throw error;
  }
}

function read(shape: Shape, value: unknown): unknown {
  if (shape === "string") return typeof value === "string" ? value : mismatch(scalarText(value, "String"));
  if (shape === "integer") return readInteger(value);
  if (shape === "boolean")
    return typeof value === "boolean" ? value : mismatch("Unexpected token received from parser");
  if (shape === "value") return readValue(value, 0);
  if ("list" in shape) {
    if (!Array.isArray(value)) mismatch("Unexpected value type in payload");
    return (value as readonly unknown[]).map((entry) => read(shape.list, entry));
  }
  if (!isJsonObject(value)) return mismatch("Unexpected value type in payload");
  return "map" in shape ? readMap(shape.map, value) : readMembers(shape.members, value);
}

/** Limits and segments are 32-bit integers. */
function readInteger(value: unknown): number {
  if (typeof value !== "number") return mismatch(scalarText(value, "Integer"));
  if (!Number.isInteger(value) || Math.abs(value) >= 2 ** 31)
    return mismatch("NUMBER_VALUE cannot be converted to Integer");
  return value;
}

function scalarText(value: unknown, wanted: string): string {
  if (Array.isArray(value)) return "Start of list found where not expected";
  if (isJsonObject(value)) return "Start of structure or map found where not expected";
  const found = typeof value === "boolean" ? (value ? "TRUE_VALUE" : "FALSE_VALUE") : `${typeof value}_VALUE`;
  return `${found.toUpperCase()} cannot be converted to ${wanted}`;
}

/** Entries in wire order. `Object.fromEntries` defines them, so that `__proto__` is a name like any other. */
function readMap(shape: Shape, value: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, read(shape, entry)]));
}

function readMembers(members: ReadonlyMap<string, Shape>, value: JsonObject): JsonObject {
  const known: [string, unknown][] = [];
  for (const [name, shape] of members) {
    const content = memberOf(value, name);
    if (content !== undefined && content !== null) known.push([name, read(shape, content)]);
  }
  return Object.fromEntries(known);
}

/** How deep lists and maps may nest.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html */
const MAXIMUM_NESTING = 32;

type ReadContent = (content: unknown, depth: number) => unknown;

const VALUE_READERS: ReadonlyMap<string, ReadContent> = new Map<string, ReadContent>([
  ["S", (content) => read("string", content)],
  ["N", readNumber],
  ["B", (content) => readBinary(content)],
  ["BOOL", (content) => read("boolean", content)],
  ["NULL", (content) => readNull(content)],
  ["SS", (content) => readSet(content, (entry) => read("string", entry), "string")],
  ["NS", (content) => readSet(content, readNumber, "number")],
  ["BS", (content) => readSet(content, readBinary, "binary")],
  ["L", (content, depth) => readList(content, depth)],
  ["M", (content, depth) => readDocument(content, depth)],
]);

function readValue(value: unknown, depth: number): JsonObject {
  if (depth >= MAXIMUM_NESTING) {
    refuse(
      "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit",
    );
  }
  if (!isJsonObject(value)) return mismatch("Unexpected value type in payload");
  const types = Object.keys(value).filter((name) => VALUE_READERS.has(name) && value[name] !== null);
  const [type] = types;
  if (type === undefined) {
    return refuse("Supplied AttributeValue is empty, must contain exactly one of the supported datatypes");
  }
  if (types.length > 1) {
    refuse(
      "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes",
    );
  }
  return { [type]: VALUE_READERS.get(type)?.(value[type], depth) };
}

const refuse = (message: string): never => {
  throw new ShapeMismatch(validationError(message));
};

/** A plus sign changes nothing, and not every engine takes one. Whether it is a number at all, engines agree on. */
function readNumber(content: unknown): string {
  return String(read("string", content)).replace(/^\+(?=[\d.])/, "");
}

function readBinary(content: unknown): string {
  const text = read("string", content) as string;
  if (/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) return text;
  return mismatch("Invalid Base64");
}

function readNull(content: unknown): boolean {
  if (read("boolean", content) === true) return true;
  return refuse("One or more parameter values were invalid: Null attribute value types must have the value of true");
}

/** In DynamoDB's own words, two blanks and all. */
const EMPTY_SETS = {
  string: "An string set  may not be empty",
  number: "An number set  may not be empty",
  binary: "Binary sets should not be empty",
} as const;

function readSet(
  content: unknown,
  readEntry: (entry: unknown) => unknown,
  name: keyof typeof EMPTY_SETS,
): readonly unknown[] {
  if (!Array.isArray(content)) return mismatch("Unexpected value type in payload");
  if (content.length === 0) refuse(`One or more parameter values were invalid: ${EMPTY_SETS[name]}`);
  return content.map(readEntry);
}

function readList(content: unknown, depth: number): readonly unknown[] {
  if (!Array.isArray(content)) return mismatch("Unexpected value type in payload");
  return content.map((entry) => readValue(entry, depth + 1));
}

function readDocument(content: unknown, depth: number): JsonObject {
  if (!isJsonObject(content)) return mismatch("Unexpected value type in payload");
  return Object.fromEntries(Object.entries(content).map(([name, entry]) => [name, readValue(entry, depth + 1)]));
}
