import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { faultCollector } from "../../harness/faults.ts";
import { authorize } from "../../harness/iam/authorize.ts";
import { CONDITION_OPERATORS } from "../../harness/iam/condition-operators.ts";
import type { AuthorizationRequest } from "../../harness/iam/decision-types.ts";
import { type CompiledPolicy, compilePolicy, type PolicyKind } from "../../harness/iam/policy-document.ts";
import { CLOCK, PRINCIPALS } from "./support/evaluator-case.ts";

const TABLE = "arn:aws:dynamodb:eu-west-1:123456789012:table/";

function compile(document: unknown, kind: PolicyKind = "identity") {
  const faults = faultCollector();
  const policy = compilePolicy({ kind, name: "p", document, subject: "test" }, faults);
  return { policy, faults: faults.faults };
}

const TEAM = "aws:PrincipalTag/team";
const values: Record<string, readonly string[]> = {
  String: ["a", "b", "A*", `\${${TEAM}}`, `\${${TEAM}, 'a'}`],
  Arn: ["arn:aws:sns:*:*:a", `arn:aws:sns:eu-west-1:1:\${${TEAM}}`],
  Numeric: ["1", "-2.5", "10"],
  Date: ["2026", "2026-03-04T05:06:07Z", "1700000000"],
  Bool: ["true", "false"],
  Binary: ["YQ==", "YWI="],
  IpAddress: ["10.0.0.0/8", "::1"],
  NotIpAddress: ["10.0.0.0/8", "::1"],
};

const operator = fc.constantFrom(...CONDITION_OPERATORS.keys());
const key = fc.constantFrom("dynamodb:LeadingKeys", "dynamodb:Select", "aws:SourceArn", "aws:PrincipalTag/team");
const condition = fc
  .tuple(fc.constantFrom("", "ForAllValues:", "ForAnyValue:"), operator, fc.constantFrom("", "IfExists"), key)
  .chain(([qualifier, name, suffix, conditionKey]) => {
    const family = Object.keys(values).find((prefix) => name.startsWith(prefix)) ?? "String";
    const list = fc.subarray([...(values[family] ?? [])], { minLength: 1 });
    return list.map((texts) => ({ [`${qualifier}${name}${suffix}`]: { [conditionKey]: texts } }));
  });
const actions = fc.subarray(["dynamodb:GetItem", "dynamodb:*", "dynamodb:Put*", "s3:*"], { minLength: 1 });
const resources = fc.subarray(["*", `${TABLE}a`, `${TABLE}*`, `${TABLE}\${aws:PrincipalTag/team}`], { minLength: 1 });

/** A sound statement of any form. */
const statement = fc
  .record({
    Effect: fc.constantFrom("Allow", "Deny"),
    actionElement: fc.constantFrom("Action", "NotAction"),
    actions,
    resourceElement: fc.constantFrom("Resource", "NotResource"),
    resources,
    Condition: fc.option(condition, { nil: undefined }),
  })
  .map(({ Effect, actionElement, actions, resourceElement, resources, Condition }) => ({
    Effect,
    [actionElement]: actions,
    [resourceElement]: resources,
    ...(Condition === undefined ? {} : { Condition }),
  }));
const document = fc
  .array(statement, { minLength: 1, maxLength: 4 })
  .map((statements) => ({ Version: "2012-10-17", Statement: statements }));

const contextValue = fc.oneof(
  fc.constantFrom("a", "b", "A*", "1", "true", "10.1.1.1", "arn:aws:sns:x:y:a", "", "2026-03-04T05:06:07Z", "YQ=="),
  fc.string(),
);
const request: fc.Arbitrary<AuthorizationRequest> = fc.record({
  principal: fc.constantFrom(
    ...Object.values(PRINCIPALS),
    { ...PRINCIPALS.lambda, tags: { team: "a" } },
    { ...PRINCIPALS.lambda, tags: { team: "*", __proto__: "x" } },
  ),
  action: fc.oneof(fc.constantFrom("dynamodb:GetItem", "dynamodb:PutItem", "s3:GetObject"), fc.string()),
  resourceArn: fc.oneof(fc.constantFrom(`${TABLE}a`, `${TABLE}b`, "*"), fc.string()),
  context: fc.dictionary(
    fc.oneof(key, fc.constantFrom("__proto__", "constructor"), fc.string()),
    fc.oneof(contextValue, fc.array(contextValue, { maxLength: 3 })),
    { maxKeys: 4 },
  ),
});
const policies = fc.array(document, { maxLength: 3 }).map((documents) => documents.map((one) => compile(one).policy));
const everything = { Action: "*", Resource: "*" };
const kindOf = (list: readonly CompiledPolicy[], asked: AuthorizationRequest) => authorize(list, asked, CLOCK).kind;

describe("every sound document", () => {
  test("is read without a fault", () => {
    fc.assert(
      fc.property(document, (one) => {
        expect(compile(one).faults).toEqual([]);
        expect(compile(JSON.stringify(one)).faults).toEqual([]);
      }),
    );
  });
});

describe("every decision", () => {
  test("is a denial once a statement denies everything", () => {
    const deny = compile({ Version: "2012-10-17", Statement: { ...everything, Effect: "Deny" } }).policy;
    const property = fc.property(policies, request, fc.nat(3), (list, asked, place) => {
      expect(kindOf(list.toSpliced(place, 0, deny), asked)).toBe("ExplicitlyDenied");
    });
    fc.assert(property, { numRuns: 300 });
  });

  test("stays a permission when a permission is added", () => {
    const property = fc.property(policies, document, request, (list, more, asked) => {
      const allows = { ...more, Statement: more.Statement.map((one) => ({ ...one, Effect: "Allow" })) };
      const before = kindOf(list, asked);
      const after = kindOf([...list, compile(allows).policy], asked);
      if (before === "Allowed") expect(after).toBe("Allowed");
      if (before === "ExplicitlyDenied") expect(after).toBe("ExplicitlyDenied");
    });
    fc.assert(property, { numRuns: 300 });
  });

  test("never becomes a permission when a denial is added", () => {
    const property = fc.property(policies, document, request, (list, more, asked) => {
      const denies = { ...more, Statement: more.Statement.map((one) => ({ ...one, Effect: "Deny" })) };
      const after = kindOf([...list, compile(denies).policy], asked);
      if (kindOf(list, asked) !== "Allowed") expect(after).not.toBe("Allowed");
    });
    fc.assert(property, { numRuns: 300 });
  });

  test("is the same whatever the order of policies", () => {
    const property = fc.property(policies, request, (list, asked) => {
      expect(kindOf(list.toReversed(), asked)).toBe(kindOf(list, asked));
    });
    fc.assert(property, { numRuns: 200 });
  });

  test("is the same for an action in other letters", () => {
    const property = fc.property(policies, request, (list, asked) => {
      expect(kindOf(list, { ...asked, action: asked.action.toLowerCase() })).toBe(kindOf(list, asked));
    });
    fc.assert(property, { numRuns: 200 });
  });

  test("never widens under a permissions boundary", () => {
    const property = fc.property(policies, document, request, (list, limits, asked) => {
      const bounded = kindOf([...list, compile(limits, "boundary").policy], asked);
      if (bounded === "Allowed") expect(kindOf(list, asked)).toBe("Allowed");
    });
    fc.assert(property, { numRuns: 300 });
  });

  test("agrees with its explanation", () => {
    const property = fc.property(policies, request, (list, asked) => {
      const decision = authorize(list, asked, CLOCK);
      const applied = decision.explain().filter((one) => one.applied);
      const denies = applied.some(({ effect }) => effect === "Deny");
      const allows = applied.some(({ effect }) => effect === "Allow");
      expect(decision.kind).toBe(denies ? "ExplicitlyDenied" : allows ? "Allowed" : "ImplicitlyDenied");
      expect(decision.deciding.length > 0).toBe(denies || allows);
    });
    fc.assert(property, { numRuns: 200 });
  });
});

describe("a statement with a condition and its negation", () => {
  test("is decided by exactly one of them when the request has one value that can be compared", () => {
    const pairs: readonly (readonly [string, string])[] = [
      ["StringEquals", "StringNotEquals"],
      ["StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"],
      ["StringLike", "StringNotLike"],
      ["ArnLike", "ArnNotLike"],
    ];
    const property = fc.property(fc.constantFrom(...pairs), request, ([positive, negative], asked) => {
      const source = "arn:aws:sns:eu-west-1:1:a";
      const decide = (name: string) => {
        const Condition = { [name]: { "aws:SourceArn": ["arn:aws:sns:*:*:a", "arn:aws:sns:eu-west-1:1:b"] } };
        const one = { Version: "2012-10-17", Statement: { ...everything, Effect: "Allow", Condition } };
        return kindOf([compile(one).policy], { ...asked, context: { "aws:SourceArn": source } });
      };
      expect([decide(positive), decide(negative)].sort()).toEqual(["Allowed", "ImplicitlyDenied"]);
    });
    fc.assert(property, { numRuns: 100 });
  });
});

describe("what has no value", () => {
  const effect = fc.constantFrom("Allow", "Deny");
  const all = { ...everything, Effect: "Allow" };
  const decide = (Effect: string, part: object, asked: AuthorizationRequest) => {
    const Statement =
      Effect === "Deny" ? [all, { ...everything, Effect, ...part }] : { ...everything, Effect, ...part };
    return kindOf([compile({ Version: "2012-10-17", Statement }).policy], asked);
  };
  const applies = (Effect: string, decision: string) =>
    decision === (Effect === "Deny" ? "ExplicitlyDenied" : "Allowed");
  const untagged = request.map(
    (asked): AuthorizationRequest => ({ ...asked, principal: PRINCIPALS.lambda, context: {} }),
  );

  test("satisfies no ForAnyValue, with IfExists or without, in a permission or a denial", () => {
    const property = fc.property(
      operator,
      fc.constantFrom("", "IfExists"),
      effect,
      untagged,
      (name, suffix, Effect, asked) => {
        const family = Object.keys(values).find((prefix) => name.startsWith(prefix)) ?? "String";
        const Condition = { [`ForAnyValue:${name}${suffix}`]: { "dynamodb:LeadingKeys": values[family] } };
        expect(applies(Effect, decide(Effect, { Condition }, asked))).toBe(false);
      },
    );
    fc.assert(property, { numRuns: 300 });
  });

  test("as a variable, matches nothing: an operator fails, its negation holds, whatever the request's one value", () => {
    const pairs = fc.constantFrom(
      ["StringEquals", "StringNotEquals"],
      ["StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"],
      ["StringLike", "StringNotLike"],
    );
    const property = fc.property(pairs, effect, fc.string(), untagged, ([positive, negative], Effect, value, asked) => {
      const of = (name = "") =>
        applies(
          Effect,
          decide(
            Effect,
            { Condition: { [name]: { "s3:prefix": `a\${${TEAM}}*` } } },
            { ...asked, context: { "s3:prefix": value } },
          ),
        );
      expect([of(positive), of(negative)]).toEqual([false, true]);
    });
    fc.assert(property, { numRuns: 300 });
  });

  test("in a resource permits nothing, and under NotResource denies all", () => {
    const element = fc.constantFrom("Resource", "NotResource");
    const arn = `${TABLE}\${${TEAM}}*`;
    const property = fc.property(element, effect, untagged, (name, Effect, asked) => {
      const part = { Effect, Action: "*", [name]: arn };
      const Statement = Effect === "Deny" ? [all, part] : part;
      const { kind } = authorize([compile({ Version: "2012-10-17", Statement }).policy], asked, CLOCK);
      const denies = Effect === "Deny" && name === "NotResource";
      expect(kind).toBe(denies ? "ExplicitlyDenied" : Effect === "Deny" ? "Allowed" : "ImplicitlyDenied");
    });
    fc.assert(property, { numRuns: 200 });
  });
});

describe("any document at all", () => {
  const anything = fc.oneof(
    fc.jsonValue(),
    fc.string(),
    fc.json(),
    fc.record({
      Version: fc.constantFrom("2012-10-17", "x"),
      Statement: fc.oneof(fc.jsonValue(), fc.array(fc.jsonValue())),
    }),
    fc
      .array(
        fc.record(
          { Effect: fc.jsonValue(), Action: fc.jsonValue(), Resource: fc.jsonValue(), Condition: fc.jsonValue() },
          { requiredKeys: [] },
        ),
      )
      .map((statements) => ({ Statement: statements })),
  );
  const kind = fc.constantFrom<PolicyKind>("identity", "boundary", "resource", "trust");

  test("is read, and denies everything if it has a fault", () => {
    const property = fc.property(anything, kind, request, (one, policyKind, asked) => {
      const { policy, faults } = compile(one, policyKind);
      const decision = authorize([policy], asked, CLOCK);
      decision.explain();
      if (faults.length > 0) expect(decision.kind).toBe("ExplicitlyDenied");
    });
    fc.assert(property, { numRuns: 300 });
  });

  test("that is a sound one with a part replaced is read, and denies everything if it has a fault", () => {
    const property = fc.property(document, fc.jsonValue(), fc.nat(), request, (one, part, place, asked) => {
      const changed = replaceAt(structuredClone(one), part, place);
      const { policy, faults } = compile(changed);
      const decision = authorize([policy], asked, CLOCK);
      decision.explain();
      if (faults.length > 0) expect(decision.kind).toBe("ExplicitlyDenied");
    });
    fc.assert(property, { numRuns: 300 });
  });

  function replaceAt(value: object, part: unknown, place: number): object {
    const spots: (readonly [Record<string, unknown>, string])[] = [];
    const walk = (node: unknown) => {
      if (typeof node !== "object" || node === null) return;
      for (const [name, child] of Object.entries(node)) {
        spots.push([node as Record<string, unknown>, name]);
        walk(child);
      }
    };
    walk(value);
    const [holder, name] = spots[place % spots.length] ?? [];
    if (holder !== undefined && name !== undefined) holder[name] = part;
    return value;
  }
});
