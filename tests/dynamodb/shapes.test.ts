import { describe, expect, test } from "vitest";
import { OPERATIONS } from "../../harness/dynamodb/operations.ts";
import { readShape } from "../../harness/dynamodb/shapes.ts";

const put = OPERATIONS.get("PutItem");
const readPut = (body: unknown) => (put === undefined ? undefined : readShape(put.shape, body));
const withValue = (value: unknown) => readPut({ TableName: "notes", Item: { a: value } });

describe("what of a request goes on", () => {
  test("known members only, and none that is null", () => {
    const body = { TableName: "notes", Item: { a: { S: "x" } }, ReturnValues: null, Surprise: { TableName: "other" } };
    expect(readPut(body)).toEqual({ kind: "read", input: { TableName: "notes", Item: { a: { S: "x" } } } });
  });

  test("names are names, whatever they mean to JavaScript", () => {
    const body: unknown = JSON.parse('{"TableName":"notes","Item":{"__proto__":{"S":"x"},"constructor":{"S":"y"}}}');
    const read = readPut(body);
    expect(JSON.stringify(read)).toContain('"Item":{"__proto__":{"S":"x"},"constructor":{"S":"y"}}');
    expect(withValue(JSON.parse('{"__proto__":{"S":"x"}}'))).toMatchObject({ kind: "refused" });
  });

  test.each([
    [{ S: "x", N: "1" }, "ValidationException", "more than one datatypes"],
    [{ S: "x", M: {} }, "ValidationException", "more than one datatypes"],
    [{}, "ValidationException", "is empty"],
    [{ X: "x" }, "ValidationException", "is empty"],
    [{ S: 1 }, "SerializationException", "NUMBER_VALUE"],
    [{ S: true }, "SerializationException", "TRUE_VALUE"],
    [{ S: {} }, "SerializationException", "structure or map"],
    [{ S: [] }, "SerializationException", "list found"],
    [{ N: 1 }, "SerializationException", "NUMBER_VALUE"],
    [{ BOOL: "true" }, "SerializationException", ""],
    [{ B: "%%%" }, "SerializationException", "Base64"],
    [{ B: "YQ" }, "SerializationException", "Base64"],
    [{ L: {} }, "SerializationException", ""],
    [{ M: [] }, "SerializationException", ""],
    [{ SS: "x" }, "SerializationException", ""],
    [{ SS: [1] }, "SerializationException", ""],
    ["x", "SerializationException", ""],
    [null, "SerializationException", ""],
    [{ L: [{ M: { b: { S: "x", N: "1" } } }] }, "ValidationException", "more than one datatypes"],
  ])("the value %j is refused", (value, name, text) => {
    const read = withValue(value);
    expect(JSON.stringify(read)).toContain(`#${name}`);
    expect(JSON.stringify(read)).toContain(text);
    expect(read?.kind).toBe("refused");
  });

  test.each([
    [{ N: "+1" }, { N: "1" }],
    [{ NS: ["+1", "-2"] }, { NS: ["1", "-2"] }],
    [{ B: "" }, { B: "" }],
    [{ NULL: true }, { NULL: true }],
    [{ S: "x", N: null }, { S: "x" }],
  ])("the value %j goes on as %j", (value, expected) => {
    expect(withValue(value)).toEqual({ kind: "read", input: { TableName: "notes", Item: { a: expected } } });
  });
});
