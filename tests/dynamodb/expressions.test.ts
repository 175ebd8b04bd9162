import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type ExpressionKind,
  expressionFacts,
  rememberedExpressionFacts,
} from "../../harness/dynamodb/expression-facts.ts";
import { ExpressionSyntaxError } from "../../harness/dynamodb/expression-tokens.ts";
import { parseCondition } from "../../harness/dynamodb/expressions.ts";

const roots = (kind: ExpressionKind, text: string) => expressionFacts(kind, text).roots.toSorted();

describe("what expressions touch", () => {
  test.each([
    ["ProjectionExpression", "a", ["a"]],
    ["ProjectionExpression", "a, #b ,c.d[0][1].#e", ["#b", "a", "c"]],
    ["ConditionExpression", "a = :v", ["a"]],
    ["ConditionExpression", "NOT (a = b AND (c < :v OR attribute_exists(d.e)))", ["a", "b", "c", "d"]],
    ["ConditionExpression", "a BETWEEN b AND :v AND c IN (:v, d)", ["a", "b", "c", "d"]],
    ["ConditionExpression", "size(a) >= :v and begins_with(b, :w)", ["a", "b"]],
    ["ConditionExpression", "contains(a, size(b)) or attribute_type(c, :t)", ["a", "b", "c"]],
    ["FilterExpression", "contains = :v AND size = :v", ["contains", "size"]],
    ["UpdateExpression", "SET a = :v, b.c = if_not_exists(d, e) + :v", ["a", "b", "d", "e"]],
    [
      "UpdateExpression",
      "set a[1] = list_append(:l, b) remove c, d.e add f :n delete g :s",
      ["a", "b", "c", "d", "f", "g"],
    ],
    ["UpdateExpression", "SET a = (b) - (:v + c)", ["a", "b", "c"]],
    ["UpdateExpression", "SET a = if_not_exists(b, list_append(c, d))", ["a", "b", "c", "d"]],
  ] as const)("%s %s", (kind, text, expected) => {
    expect(roots(kind, text)).toEqual(expected);
  });

  test.each([
    ["a = :v", [["a", ":v"]]],
    [":v = a", [["a", ":v"]]],
    [
      "(a = :v) AND (b > :w AND #c = :x)",
      [
        ["a", ":v"],
        ["#c", ":x"],
      ],
    ],
    ["a = :v OR b = :w", []],
    ["NOT a = :v", []],
    ["a.b = :v AND a[0] = :v", []],
    ["a = b AND a <> :v AND a BETWEEN :v AND :w", []],
  ] as const)("the equalities that must hold in %s", (text, expected) => {
    expect(expressionFacts("KeyConditionExpression", text).equalities.map(({ root, value }) => [root, value])).toEqual(
      expected,
    );
  });

  test("AND binds tighter than OR, and NOT tightest", () => {
    expect(parseCondition("NOT a = :v OR b = :v AND c = :v")).toMatchObject({
      kind: "or",
      conditions: [{ kind: "not" }, { kind: "and", conditions: [{ operator: "=" }, { operator: "=" }] }],
    });
  });

  test.each([
    "a ==:v",
    "a = :v :w",
    "a.[0] = :v",
    "a. = :v",
    "a[] = :v",
    "a[b] = :v",
    "a[-1] = :v",
    "a = 'text'",
    "a = 1",
    "a ; b",
    "a = :v --",
    "a = :v AND",
    "()",
    "attribute_exists(a, b)",
    "Attribute_Exists(a)",
    "IN (:v)",
    "and = :v",
    "a BETWEEN :v",
    "a BETWEEN :v AND",
    "a = :v\u0000",
    "a = :v\u00a0",
    "size(a)",
    "contains(a)",
    "a IN :v",
  ])("refuses the condition %s", (text) => {
    expect(() => expressionFacts("ConditionExpression", text)).toThrow(ExpressionSyntaxError);
  });

  test("refuses more than 4096 bytes, counted as bytes", () => {
    expect(() => expressionFacts("ProjectionExpression", "a, ".repeat(1_365).concat("b"))).not.toThrow();
    expect(() => expressionFacts("ProjectionExpression", `${"a".repeat(4_096)}b`)).toThrow(/4097/);
    expect(() => expressionFacts("ProjectionExpression", "é".repeat(2_049))).toThrow(/4098/);
  });

  const kinds: readonly ExpressionKind[] = [
    "ConditionExpression",
    "KeyConditionExpression",
    "ProjectionExpression",
    "UpdateExpression",
  ];
  const word = fc.constantFrom(
    "a",
    "b",
    "#n",
    ":v",
    "AND",
    "OR",
    "NOT",
    "IN",
    "BETWEEN",
    "(",
    ")",
    "[",
    "]",
    "0",
    ".",
    ",",
    "=",
    "<",
    "<>",
    "+",
    "SET",
    "REMOVE",
    "ADD",
    "size",
    "contains",
    "attribute_exists",
    " ",
  );

  test("no text makes it throw anything but a syntax error", () => {
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.array(word).map((words) => words.join(" ")),
      fc.array(word).map((words) => words.join("")),
    );
    fc.assert(
      fc.property(fc.constantFrom(...kinds), text, (kind, expression) => {
        try {
          expressionFacts(kind, expression);
        } catch (error) {
          expect(error).toBeInstanceOf(ExpressionSyntaxError);
        }
      }),
      { numRuns: 300 },
    );
  });

  const name = fc.stringMatching(/^(#[a-z0-9_]{1,5}|x[a-zA-Z0-9_]{0,5})$/);
  const value = fc.stringMatching(/^:[a-z0-9]{1,4}$/);
  const path = fc
    .tuple(name, fc.array(fc.constantFrom(".y", ".#z", "[0]", "[12]"), { maxLength: 3 }))
    .map(([root, rest]) => ({ root, text: root + rest.join("") }));
  const test1 = fc.oneof(
    fc
      .tuple(path, fc.constantFrom("=", "<>", "<", "<=", ">", ">="), value)
      .map(([p, o, v]) => ({ names: [p.root], text: `${p.text} ${o} ${v}` })),
    fc.tuple(path, path).map(([p, q]) => ({ names: [p.root, q.root], text: `${p.text}=${q.text}` })),
    path.map((p) => ({ names: [p.root], text: `attribute_exists (${p.text})` })),
    fc
      .tuple(path, path, value)
      .map(([p, q, v]) => ({ names: [p.root, q.root], text: `size(${p.text}) BETWEEN ${v} AND size( ${q.text} )` })),
    fc.tuple(path, value, value).map(([p, v, w]) => ({ names: [p.root], text: `${p.text} IN (${v},${w})` })),
  );
  const condition = fc.letrec<{ tree: { names: string[]; text: string } }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      test1,
      fc
        .tuple(tie("tree"), fc.constantFrom("AND", "or", "Or"), tie("tree"))
        .map(([a, o, b]) => ({ names: [...a.names, ...b.names], text: `(${a.text}) ${o} (${b.text})` })),
      tie("tree").map((a) => ({ names: a.names, text: `not (${a.text})` })),
    ),
  })).tree;

  test("every name of a condition is found, however it is nested", () => {
    fc.assert(
      fc.property(condition, ({ names, text }) => {
        fc.pre(text.length < 4_000);
        expect(roots("ConditionExpression", text)).toEqual([...new Set(names)].sort());
      }),
      { numRuns: 300 },
    );
  });

  test("of a condition that is cut off no name is read that is not written", () => {
    fc.assert(
      fc.property(condition, fc.nat(), ({ text }, cut) => {
        const shorter = text.slice(0, cut % text.length);
        let read: readonly string[];
        try {
          read = roots("ConditionExpression", shorter);
        } catch (error) {
          expect(error).toBeInstanceOf(ExpressionSyntaxError);
          return;
        }
        const written = shorter.match(/#?[A-Za-z0-9_]+/g) ?? [];
        for (const found of read) expect(written).toContain(found);
      }),
      { numRuns: 300 },
    );
  });

  test("remembering changes nothing, and is bounded", () => {
    const remembered = rememberedExpressionFacts();
    for (let n = 0; n < 1_200; n++) {
      const text = `a${n % 700} = :v`;
      expect(remembered("ConditionExpression", text)).toEqual(expressionFacts("ConditionExpression", text));
    }
    expect(remembered("UpdateExpression", "SET a0 = :v").roots).toEqual(["a0"]);
    expect(() => remembered("UpdateExpression", "a0 = :v")).toThrow(ExpressionSyntaxError);
  });
});
