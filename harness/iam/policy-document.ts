import type { FaultCollector } from "../faults.ts";
import { isJsonObject, type JsonObject } from "../json.ts";
import { readJsonDocument } from "./json-document.ts";
import type { Report } from "./policy-variables.ts";
import type { CompiledStatement } from "./statement.ts";
import { compileStatement, type StatementRules } from "./statement-matching.ts";

/**
 * - `identity`: says what its holder may do; has no `Principal`.
 * - `boundary`: an identity policy as a permissions boundary; it grants nothing, but must allow too.
 * - `resource`: stands on a resource and says who may act on it.
 * - `trust`: stands on a role and says who may assume it; has no `Resource`.
 */
export type PolicyKind = "identity" | "boundary" | "resource" | "trust";

export interface CompiledPolicy {
  readonly kind: PolicyKind;
  readonly name: string;
  readonly statements: readonly CompiledStatement[];
}

export interface PolicySource {
  readonly kind: PolicyKind;
  /** What decisions call the policy. */
  readonly name: string;
  /** JSON text, or the object that it stands for. */
  readonly document: unknown;
  /** The resource that faults name. */
  readonly subject: string | { readonly type: string; readonly name: string };
}

interface KindRules extends StatementRules {
  readonly id: boolean;
}

const IAM_SID = /^[A-Za-z0-9]{1,2048}$/;
const IDENTITY: KindRules = { principal: "forbidden", resource: "required", federated: false, id: false, sid: IAM_SID };

const RULES: Readonly<Record<PolicyKind, KindRules>> = {
  identity: IDENTITY,
  boundary: IDENTITY,
  resource: { principal: "required", resource: "required", federated: false, id: true, sid: /^[\x20-\x7e]{1,2048}$/ },
  trust: { principal: "required", resource: "forbidden", federated: true, id: true, sid: IAM_SID },
};

const ELEMENTS: ReadonlySet<string> = new Set(["Version", "Id", "Statement"]);
const VERSIONS: readonly unknown[] = ["2012-10-17", "2008-10-17", undefined];

/**
 * Reads a policy strictly and compiles it once. What is unknown or malformed becomes a fault; the policy that comes back
 * then denies everything, so that a part that could not be read never widens anything. Never throws.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
export function compilePolicy(source: PolicySource, faults: FaultCollector): CompiledPolicy {
  const { kind, name, subject } = source;
  let sound = true;
  const report: Report = (rule) => {
    sound = false;
    faults.add(subject, `Policy "${name}": ${rule}`);
  };
  const statements = compileDocument(source, RULES[kind], report);
  return { kind, name, statements: sound ? statements : [denyEverything(name)] };
}

function compileDocument(source: PolicySource, rules: KindRules, report: Report): readonly CompiledStatement[] {
  const document = readJsonDocument(source.document, report);
  if (document === undefined) return [];
  reportElements(document, rules, report);
  const version = document.Version;
  if (!VERSIONS.includes(version)) report('Version is neither "2012-10-17" nor "2008-10-17".');
  const element = document.Statement;
  if (element === undefined) report("Statement is missing.");
  const elements: readonly unknown[] = Array.isArray(element) ? element : element === undefined ? [] : [element];
  if (Array.isArray(element) && elements.length === 0) report("Statement is empty.");
  reportRepeatedSids(elements, report);
  return elements.flatMap((statement, index) => {
    const place = { policyName: source.name, index, variables: version === "2012-10-17" };
    return compileStatement(statement, place, rules, (rule) => report(`Statement[${index}]: ${rule}`)) ?? [];
  });
}

function reportElements(document: JsonObject, rules: KindRules, report: Report): void {
  for (const name of Object.keys(document)) if (!ELEMENTS.has(name)) report(`${name} is not a policy element.`);
  const id = document.Id;
  if (id === undefined) return;
  if (!rules.id) report("Id is not allowed in an identity-based policy.");
  else if (typeof id !== "string") report("Id is not a string.");
}

function reportRepeatedSids(elements: readonly unknown[], report: Report): void {
  const seen = new Set<unknown>();
  for (const element of elements) {
    const sid = isJsonObject(element) ? element.Sid : undefined;
    if (sid === undefined || sid === "") continue;
    if (seen.has(sid)) report(`the Sid ${JSON.stringify(sid)} stands twice.`);
    seen.add(sid);
  }
}

function denyEverything(policyName: string): CompiledStatement {
  const everything = { element: "Action", written: ["*"], matches: () => true };
  return {
    name: `${policyName}#unreadable`,
    effect: "Deny",
    principal: undefined,
    action: everything,
    resource: undefined,
    conditions: [],
  };
}
