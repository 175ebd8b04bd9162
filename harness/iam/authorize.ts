import { type Clock, systemClock } from "../clock.ts";
import type { AuthorizationRequest, Decision, DecisionKind } from "./decision-types.ts";
import { type EvaluationContext, evaluationContext } from "./evaluation-context.ts";
import type { CompiledPolicy } from "./policy-document.ts";
import { explainStatement, mismatchOf } from "./statement.ts";

/**
 * Decides a request over all policies that bear on it: an explicit denial anywhere wins; else one permission of an
 * identity or resource policy is enough, provided that a permissions boundary, where there is one, allows too; else the
 * denial is implicit. Pure but for the clock, total, and the same whatever the order of policies.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function authorize(
  policies: readonly CompiledPolicy[],
  request: AuthorizationRequest,
  clock: Clock = systemClock,
): Decision {
  const context = evaluationContext(request, clock);
  const explain = () =>
    policies.flatMap(({ statements }) => statements.map((statement) => explainStatement(statement, context)));
  const applying = applyingStatements(policies, context);
  if (applying.denying.length > 0) return { kind: "ExplicitlyDenied", deciding: applying.denying, explain };
  const kind: DecisionKind = applying.allowed ? "Allowed" : "ImplicitlyDenied";
  return { kind, deciding: applying.allowed ? applying.allowing : [], explain };
}

/**
 * Decides whether a resource's own policies let a principal act on it: the question of a Lambda permission. Policies of
 * another kind are left out, so that an identity policy never opens a resource.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html
 */
export function authorizeResourcePolicy(
  policies: readonly CompiledPolicy[],
  request: AuthorizationRequest,
  clock: Clock = systemClock,
): Decision {
  return authorize(
    policies.filter(({ kind }) => kind === "resource"),
    request,
    clock,
  );
}

/**
 * Decides whether a role's trust policy lets an AWS service assume the role.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-service.html
 */
export function authorizeTrust(
  trust: CompiledPolicy,
  asked: Pick<AuthorizationRequest, "context"> & { readonly service: string; readonly roleArn: string },
  clock: Clock = systemClock,
): boolean {
  if (trust.kind !== "trust") return false;
  const principal = { kind: "service", service: asked.service } as const;
  const request = { principal, action: "sts:AssumeRole", resourceArn: asked.roleArn, context: asked.context };
  return authorize([trust], request, clock).kind === "Allowed";
}

interface Applying {
  readonly denying: readonly string[];
  readonly allowing: readonly string[];
  readonly allowed: boolean;
}

function applyingStatements(policies: readonly CompiledPolicy[], context: EvaluationContext): Applying {
  const denying: string[] = [];
  const allowing: string[] = [];
  let granted = false;
  let bounded = true;
  for (const { kind, statements } of policies) {
    const before = allowing.length;
    for (const statement of statements) {
      if (mismatchOf(statement, context) !== undefined) continue;
      (statement.effect === "Deny" ? denying : allowing).push(statement.name);
    }
    const allows = allowing.length > before;
    if (kind === "boundary") bounded &&= allows;
    else granted ||= allows;
  }
  return { denying, allowing, allowed: granted && bounded };
}
