import { parseArn } from "../arn.ts";
import type { Clock } from "../clock.ts";
import type { AuthorizationRequest, Principal } from "./decision-types.ts";
import type { ResolveVariable } from "./pattern.ts";

/** A request as statements see it. Names of condition keys are lower case throughout. */
export interface EvaluationContext {
  readonly principal: Principal;
  /** As asked. */
  readonly action: string;
  /** Lower case, as actions are compared without regard to case. */
  readonly foldedAction: string;
  readonly resourceArn: string;
  /** The values of a condition key; `undefined` when the request does not have it. */
  readonly values: (key: string) => readonly string[] | undefined;
  readonly resolve: ResolveVariable;
}

/** Makes ready what all statements ask; condition keys are looked at only when one is asked for. */
export function evaluationContext(request: AuthorizationRequest, clock: Clock): EvaluationContext {
  let given: ReadonlyMap<string, readonly string[]> | undefined;
  const values = (key: string) => {
    const supplied = suppliedValue(key, request, clock);
    if (supplied.known) return supplied.value === undefined ? undefined : [supplied.value];
    given ??= lowerCaseKeys(request.context);
    return given.get(key);
  };
  return {
    principal: request.principal,
    action: request.action,
    foldedAction: request.action.toLowerCase(),
    resourceArn: request.resourceArn,
    values,
    resolve: (key) => singleValue(values(key)),
  };
}

/** A variable stands for exactly one value; an empty one would turn `table/${tag}*` into `table/*`, so it is none. */
function singleValue(values: readonly string[] | undefined): string | undefined {
  return values?.length === 1 && values[0] !== "" ? values[0] : undefined;
}

/** Keys that differ in case are one key, whose values are then those of both. */
function lowerCaseKeys(context: AuthorizationRequest["context"]): ReadonlyMap<string, readonly string[]> {
  const keys = new Map<string, readonly string[]>();
  for (const [name, value] of Object.entries(context)) {
    const key = name.toLowerCase();
    const values = typeof value === "string" ? [value] : value;
    keys.set(key, [...(keys.get(key) ?? []), ...values]);
  }
  return keys;
}

type Supply = (request: AuthorizationRequest, clock: Clock) => string | undefined;

/**
 * The keys that follow from the principal, the resource and the time. The caller cannot replace them.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */
const SUPPLIED: ReadonlyMap<string, Supply> = new Map<string, Supply>([
  ["aws:principalarn", ({ principal }) => principalArn(principal)],
  ["aws:principalaccount", ({ principal }) => (principal.kind === "service" ? undefined : principal.accountId)],
  ["aws:principaltype", ({ principal }) => principalType(principal)],
  ["aws:principalisawsservice", ({ principal }) => String(principal.kind === "service")],
  ["aws:principalservicename", ({ principal }) => (principal.kind === "service" ? principal.service : undefined)],
  ["aws:viaawsservice", () => "false"],
  ["aws:currenttime", (_request, clock) => new Date(clock.nowMilliseconds()).toISOString()],
  ["aws:epochtime", (_request, clock) => String(Math.floor(clock.nowMilliseconds() / 1000))],
  ["aws:resourceaccount", ({ resourceArn }) => parseArn(resourceArn)?.accountId || undefined],
  ["aws:requestedregion", ({ resourceArn }) => parseArn(resourceArn)?.region || undefined],
]);

const PRINCIPAL_TAG = "aws:principaltag/";

function suppliedValue(
  key: string,
  request: AuthorizationRequest,
  clock: Clock,
): { readonly known: boolean; readonly value?: string | undefined } {
  const supply = SUPPLIED.get(key);
  if (supply !== undefined) return { known: true, value: supply(request, clock) };
  if (!key.startsWith(PRINCIPAL_TAG)) return { known: false };
  return { known: true, value: principalTag(request.principal, key.slice(PRINCIPAL_TAG.length)) };
}

/** For an assumed role the key holds the role's ARN, not the session's. */
function principalArn(principal: Principal): string | undefined {
  if (principal.kind === "role-session") return principal.roleArn;
  return principal.kind === "administrator" ? principal.arn : undefined;
}

function principalType(principal: Principal): string | undefined {
  if (principal.kind === "role-session") return "AssumedRole";
  return principal.kind === "administrator" ? "User" : undefined;
}

function principalTag(principal: Principal, lowerCaseKey: string): string | undefined {
  if (principal.kind !== "role-session" || principal.tags === undefined) return undefined;
  return Object.entries(principal.tags).find(([key]) => key.toLowerCase() === lowerCaseKey)?.[1];
}
