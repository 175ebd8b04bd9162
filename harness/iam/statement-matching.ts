import { isJsonObject, type JsonObject } from "../json.ts";
import { compileAction } from "./actions.ts";
import { compileResource } from "./arn-pattern.ts";
import { type CompiledCondition, compileConditions } from "./condition-element.ts";
import type { Effect, StatementSyntax } from "./condition-matching.ts";
import type { EvaluationContext } from "./evaluation-context.ts";
import type { Pattern } from "./pattern.ts";
import type { Report } from "./policy-variables.ts";
import { compilePrincipal } from "./principal-element.ts";
import type { CompiledStatement, ElementTest } from "./statement.ts";

/** What a kind of policy allows in its statements. */
export interface StatementRules {
  readonly principal: "required" | "forbidden";
  readonly resource: "required" | "forbidden";
  /** Identity providers may be named: in trust policies, where they are never the one who asks. */
  readonly federated: boolean;
  readonly sid: RegExp;
}

const ELEMENTS: ReadonlySet<string> = new Set([
  "Sid",
  "Effect",
  "Principal",
  "NotPrincipal",
  "Action",
  "NotAction",
  "Resource",
  "NotResource",
  "Condition",
]);

export interface StatementPlace {
  readonly policyName: string;
  readonly index: number;
  readonly variables: boolean;
}

/** Reads one statement; every rule that it breaks is reported. */
export function compileStatement(
  element: unknown,
  place: StatementPlace,
  rules: StatementRules,
  report: Report,
): CompiledStatement | undefined {
  if (!isJsonObject(element)) {
    report("the statement is not an object.");
    return undefined;
  }
  reportElements(element, report);
  const effect = readEffect(element.Effect, report);
  const sid = readSid(element.Sid, rules, report);
  if (effect === undefined) return undefined;
  const syntax = { effect, variables: place.variables };
  const principal = readPrincipal(element, rules, effect, report);
  const action = readActions(element, report);
  const resource = readResources(element, rules, syntax, report);
  const conditions = readConditions(element.Condition, syntax, report);
  if (action === undefined) return undefined;
  const name = `${place.policyName}#${sid ?? place.index}`;
  return { name, effect, principal, action, resource, conditions };
}

function reportElements(statement: JsonObject, report: Report): void {
  for (const name of Object.keys(statement)) if (!ELEMENTS.has(name)) report(`${name} is not a policy element.`);
  if (Object.hasOwn(statement, "NotPrincipal")) {
    report("NotPrincipal is not emulated; name the principals, or deny with a condition on aws:PrincipalArn.");
  }
}

function readEffect(value: unknown, report: Report): Effect | undefined {
  if (value === "Allow" || value === "Deny") return value;
  report('Effect is neither "Allow" nor "Deny".');
  return undefined;
}

function readSid(value: unknown, rules: StatementRules, report: Report): string | undefined {
  if (value === undefined || value === "") return undefined;
  if (typeof value === "string" && rules.sid.test(value)) return value;
  report("Sid has characters that are not allowed in it.");
  return undefined;
}

function readPrincipal(statement: JsonObject, rules: StatementRules, effect: Effect, report: Report) {
  const given = Object.hasOwn(statement, "Principal");
  if (rules.principal === "forbidden") {
    if (given) report("Principal is not allowed in an identity-based policy, which speaks of the role that holds it.");
    return undefined;
  }
  if (given) return compilePrincipal(statement.Principal, { effect, federated: rules.federated }, report);
  report("Principal is missing; a resource-based policy says who may act.");
  return undefined;
}

/** The texts of `name` or `Not`+`name`, exactly one of which has to be there. */
function readTexts(statement: JsonObject, name: string, report: Report) {
  const negated = Object.hasOwn(statement, `Not${name}`);
  if (Object.hasOwn(statement, name) === negated) {
    report(`exactly one of ${name} and Not${name} has to be there.`);
    return undefined;
  }
  const element = negated ? `Not${name}` : name;
  const value = statement[element];
  const texts: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (texts.length > 0 && texts.every((text) => typeof text === "string")) return { element, negated, texts };
  report(`${element} is not a string or a list of strings that is not empty.`);
  return undefined;
}

function readActions(statement: JsonObject, report: Report): ElementTest | undefined {
  const read = readTexts(statement, "Action", report);
  if (read === undefined) return undefined;
  const { element, negated, texts } = read;
  const matchers = texts.flatMap((text) => compileAction(text, (rule) => report(`${element}: ${rule}`)) ?? []);
  const matches = ({ foldedAction }: EvaluationContext) => {
    for (const matcher of matchers) if (matcher(foldedAction)) return !negated;
    return negated;
  };
  return { element, written: texts, matches };
}

function readResources(statement: JsonObject, rules: StatementRules, syntax: StatementSyntax, report: Report) {
  if (rules.resource === "forbidden") {
    const given = ["Resource", "NotResource"].find((name) => Object.hasOwn(statement, name));
    if (given !== undefined) report(`${given} is not allowed in a trust policy, whose resource is the role itself.`);
    return undefined;
  }
  const read = readTexts(statement, "Resource", report);
  if (read === undefined) return undefined;
  const { element, negated, texts } = read;
  const at: Report = (rule) => report(`${element}: ${rule}`);
  const patterns = texts.flatMap((text) => compileResource(text, syntax.variables, at) ?? []);
  return { element, written: texts, matches: resourceTest(patterns, negated, syntax.effect) };
}

/** A pattern whose variable has no value matches no resource. Under `NotResource` that would let a permission reach
 * everything, so there the statement is decided for the safe side: a denial applies, a permission does not. */
function resourceTest(patterns: readonly Pattern[], negated: boolean, effect: Effect): ElementTest["matches"] {
  return ({ resourceArn, resolve }) => {
    let bound = true;
    for (const pattern of patterns) {
      const matched = pattern(resourceArn, resolve);
      if (matched === true) return !negated;
      if (matched === undefined) bound = false;
    }
    return negated && (bound || effect === "Deny");
  };
}

function readConditions(element: unknown, syntax: StatementSyntax, report: Report): readonly CompiledCondition[] {
  if (element === undefined) return [];
  if (isJsonObject(element)) return compileConditions(element, syntax, report);
  report("Condition is not an object.");
  return [];
}
