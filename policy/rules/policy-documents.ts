import type { PolicyResource, Stack } from "./rule.ts";
import { listOf, pending, textsOf } from "./stack.ts";
import { types } from "./types.ts";

/** One statement that allows something, and the resource that holds it. */
export interface AllowStatement {
  readonly declaredBy: PolicyResource;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** `NotAction` or `NotResource`: all but what is named. */
  readonly inverted: boolean;
  readonly principal: unknown;
}

/** The statements that allow something in a document; none where it is not known yet. */
export function allowStatements(declaredBy: PolicyResource, document: unknown): readonly AllowStatement[] {
  return statementsOf(document)
    .filter(({ Effect }) => Effect === "Allow")
    .map((statement) => ({
      declaredBy,
      actions: textsOf(statement.Action),
      resources: textsOf(statement.Resource),
      inverted: "NotAction" in statement || "NotResource" in statement,
      principal: statement.Principal,
    }));
}

function statementsOf(document: unknown): readonly Readonly<Record<string, unknown>>[] {
  const parsed = typeof document === "string" ? parse(document) : document;
  if (typeof parsed !== "object" || parsed === null || !("Statement" in parsed)) return [];
  return listOf(parsed.Statement).filter(isObject);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

/** Text that is no JSON states nothing; AWS refuses it. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** All that the stack's own policies allow: inline in a role, as a resource of their own, or customer-managed. */
export function grantedStatements(stack: Stack): readonly AllowStatement[] {
  const own = [...stack.ofType(types.rolePolicy), ...stack.ofType(types.managedPolicy)];
  const inline = stack
    .ofType(types.role)
    .flatMap((role) =>
      listOf(role.properties.inlinePolicies).flatMap((policy) =>
        policy === pending ? [] : allowStatements(role, (policy as { policy?: unknown }).policy),
      ),
    );
  return [...own.flatMap((policy) => allowStatements(policy, policy.properties.policy)), ...inline];
}
