import { describe, expect, test } from "vitest";
import { leakRules, leaksIn } from "../../harness/security/leaks.ts";
import type { Subject } from "../../harness/security/subject.ts";

const subject = {
  model: {
    program: { deployment: { accountId: "123456789012" } },
    tables: [{ name: "orders-1f2e3d4" }],
    functions: [],
    roles: { all: [] },
  },
  local: { secrets: ["the.secret+key"] },
} as unknown as Subject;
const rules = leakRules(subject);

describe("what an answer or a line must not hold", () => {
  test.each([
    ["a frame", "Error: x\n    at handler (/var/lang/index.js:12:5)", "a stack trace"],
    ["a temporary file", '{"file":"/tmp/a-b.c/index.js"}', "a path of this machine"],
    ["a token", "Bearer eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", "a token"],
    ["an access key", "AKIAIOSFODNN7EXAMPLE", "an access key"],
    ["a table", "no item in orders-1f2e3d4", "the table's name"],
    ["a secret", "key=the.secret+key", "a secret of the target's"],
  ])("%s is found", (_name, text, what) => {
    expect(leaksIn(text, rules)).toContain(what);
  });

  test.each([
    ["an answer", '{"message":"Unauthorized"}'],
    ["a time", "it is at 10:30 o'clock"],
    ["what only looks like the secret", "key=the-secret+key"],
  ])("%s is nothing", (_name, text) => {
    expect(leaksIn(text, rules)).toEqual([]);
  });

  // A pattern that looks as far as it can from every place takes hours for these.
  test.each([
    ["blanks", " "],
    ["beginnings of a token", "eyJ"],
    ["letters", "a"],
    ["beginnings of a path", "/tmp/a"],
  ])("megabytes of %s are looked through", (_name, piece) => {
    expect(leaksIn(piece.repeat(2_000_000), rules)).not.toContain("a token");
  });
});
