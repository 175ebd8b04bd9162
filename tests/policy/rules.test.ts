import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Rule, violationText } from "../../policy/rules/rule.ts";
import { rules } from "../../policy/rules/rules.ts";
import { pending, policyStack } from "../../policy/rules/stack.ts";
import { types } from "../../policy/rules/types.ts";

const allTypes = Object.values(types);

describe.each(rules)("$id", (rule: Rule) => {
  test("is written for the reader: a title, a remedy and a source", () => {
    expect(rule.id).toMatch(/^[a-z]+(-[a-z]+)+$/);
    expect(rule.title).toMatch(/^[A-Z].*\.$/);
    expect(rule.remedy).toMatch(/^[A-Z].*\.$/);
    expect(rule.source).toMatch(/^https:\/\//);
  });

  test("finds its failing example once, in its own words, and no other rule finds anything in it", () => {
    const { resources, problem } = rule.failingExample;
    const found = rules.flatMap((other) =>
      other.check(policyStack(resources)).map((violation) => [other.id, violationText(other, violation)]),
    );
    expect(found).toEqual([[rule.id, `${problem} ${rule.remedy}`]]);
  });

  test("waits for values that are not known yet", () => {
    const resources = rule.failingExample.resources.map(({ type, name, properties }) => ({
      type,
      name,
      properties: Object.fromEntries(Object.keys(properties).map((key) => [key, pending])),
    }));
    expect(rule.check(policyStack(resources))).toEqual([]);
  });

  test.each(
    ['{"toString":1}', '{"toJSON":1}', '{"valueOf":null}', '[[{"toString":null}]]', "null", "[]"].map((text) => ({
      text,
    })),
  )("answers on a value that cannot be made a text: $text", ({ text }) => {
    for (const resource of rule.failingExample.resources) {
      const properties = Object.fromEntries(Object.keys(resource.properties).map((name) => [name, JSON.parse(text)]));
      const others = rule.failingExample.resources.filter((other) => other !== resource);
      expect(() => rule.check(policyStack([{ ...resource, properties }, ...others]))).not.toThrow();
    }
  });

  test("answers on whatever a resource is given", () => {
    const names = rule.failingExample.resources.flatMap(({ properties }) => Object.keys(properties));
    const properties = fc.dictionary(fc.oneof(fc.constantFrom(...names), fc.string()), fc.jsonValue());
    const resource = fc.record({ type: fc.constantFrom(...allTypes), name: fc.string(), properties });
    fc.assert(
      fc.property(fc.array(resource, { maxLength: 5 }), (resources) => {
        for (const violation of rule.check(policyStack(resources))) expect(resources).toContain(violation.resource);
      }),
      { numRuns: 100 },
    );
  });
});

test("no two rules share an id", () => {
  expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
});
