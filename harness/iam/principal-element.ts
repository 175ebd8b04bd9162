import { isJsonObject } from "../json.ts";
import type { Effect } from "./condition-matching.ts";
import type { Principal } from "./decision-types.ts";
import type { Report } from "./policy-variables.ts";

/** Whether a `Principal` element names the one who asks. */
export type PrincipalTest = (principal: Principal) => boolean;

interface NamedPrincipals {
  readonly services: ReadonlySet<string>;
  readonly accounts: ReadonlySet<string>;
  readonly arns: ReadonlySet<string>;
}

/**
 * Compiles `Principal`: `"*"` or `{"AWS": "*"}` for everyone; services by name; roles, sessions and users by ARN. An
 * account names its principals only for a denial: in a permission it hands the decision to the account's own policies,
 * so by itself it grants nothing.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
export function compilePrincipal(
  element: unknown,
  options: { readonly effect: Effect; readonly federated: boolean },
  report: Report,
): PrincipalTest | undefined {
  if (element === "*") return () => true;
  if (!isJsonObject(element) || Object.keys(element).length === 0) {
    report('Principal is neither "*" nor an object such as {"Service": "apigateway.amazonaws.com"}.');
    return undefined;
  }
  const lists = principalLists(element, options.federated, report);
  if (lists === undefined) return undefined;
  if (lists.aws.includes("*")) return () => true;
  const named = namedPrincipals(lists, report);
  return named && ((principal) => names(named, options.effect, principal));
}

interface PrincipalLists {
  readonly aws: readonly string[];
  readonly services: readonly string[];
}

function principalLists(element: object, federated: boolean, report: Report): PrincipalLists | undefined {
  const lists = new Map<string, readonly string[]>();
  for (const [type, value] of Object.entries(element)) {
    const values = principalValues(type, value, federated, report);
    if (values === undefined) return undefined;
    lists.set(type, values);
  }
  return { aws: lists.get("AWS") ?? [], services: lists.get("Service") ?? [] };
}

function principalValues(type: string, value: unknown, federated: boolean, report: Report) {
  if (type !== "AWS" && type !== "Service" && !(type === "Federated" && federated)) {
    report(`Principal.${type} is not emulated; name an AWS or Service principal.`);
    return undefined;
  }
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (values.length > 0 && values.every((one) => typeof one === "string")) return values;
  report(`Principal.${type} is not a string or a list of strings.`);
  return undefined;
}

const SERVICE = /^[a-z0-9-]+(\.[a-z0-9-]+)*\.amazonaws\.com(\.cn)?$/;
const ACCOUNT = /^(?:arn:[a-z-]+:iam::(\d{12}):root|(\d{12}))$/;
const PRINCIPAL_ARN =
  /^arn:[a-z-]+:(?:iam::\d{12}:(?:role|user)\/[\w+=,.@/-]+|sts::\d{12}:assumed-role\/[\w+=,.@-]+\/[\w+=,.@-]+)$/;

function namedPrincipals(lists: PrincipalLists, report: Report): NamedPrincipals | undefined {
  const badService = lists.services.find((service) => !SERVICE.test(service));
  if (badService !== undefined) report(`Principal.Service "${badService}" is not a service such as x.amazonaws.com.`);
  const accounts = lists.aws.flatMap((text) => accountOf(text) ?? []);
  const arns = lists.aws.filter((text) => accountOf(text) === undefined);
  const badArn = arns.find((arn) => !PRINCIPAL_ARN.test(arn));
  if (badArn !== undefined) {
    report(`Principal.AWS "${badArn}" is no account id and no ARN of an account's root, role, session or user.`);
  }
  if (badService !== undefined || badArn !== undefined) return undefined;
  return { services: new Set(lists.services), accounts: new Set(accounts), arns: new Set(arns) };
}

/** `123456789012` or `arn:aws:iam::123456789012:root`. */
function accountOf(text: string): string | undefined {
  const found = ACCOUNT.exec(text);
  return found?.[1] ?? found?.[2];
}

function names(named: NamedPrincipals, effect: Effect, principal: Principal): boolean {
  if (principal.kind === "service") return named.services.has(principal.service);
  if (effect === "Deny" && named.accounts.has(principal.accountId)) return true;
  if (principal.kind === "administrator") return named.arns.has(principal.arn);
  return named.arns.has(principal.roleArn) || named.arns.has(principal.sessionArn);
}
