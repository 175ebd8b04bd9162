import { parseArn } from "../arn.ts";
import { type Clock, systemClock } from "../clock.ts";
import type { FaultCollector } from "../faults.ts";
import { authorizeResourcePolicy } from "../iam/authorize.ts";
import type { Decision } from "../iam/decision.ts";
import { type CompiledPolicy, compilePolicy } from "../iam/policy-document.ts";
import type { Resource, ResourceGraph } from "../pulumi/resource-graph.ts";

/** The resource policies of all functions, from `aws:lambda/permission:Permission`. */
export interface InvokePermissions {
  /** May API Gateway invoke this function on behalf of this route's ARN? A function without a fitting permission: no. */
  mayInvoke(functionArn: string, sourceArn: string): Decision;
}

const API_GATEWAY = "apigateway.amazonaws.com";
const FUNCTION = "aws:lambda/function:Function";

type Report = (rule: string) => void;
type Inputs = Readonly<Record<string, unknown>>;

const EMULATED: ReadonlySet<string> = new Set([
  "action",
  "function",
  "principal",
  "region",
  "sourceAccount",
  "sourceArn",
  "statementId",
  "statementIdPrefix",
]);

const REFUSED: ReadonlyMap<string, string> = new Map([
  ["eventSourceToken", "it is for Alexa skills"],
  ["functionUrlAuthType", "function URLs are not emulated"],
  ["invokedViaFunctionUrl", "function URLs are not emulated"],
  ["principalOrgId", "there is no organization locally"],
  ["qualifier", "versions and aliases are not kept; permit the function itself"],
]);

/** Reads every permission as the statement that AddPermission writes into the function's policy. What cannot be read is
 * a fault, and permits nothing.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html */
export function readPermissions(
  graph: ResourceGraph,
  faults: FaultCollector,
  clock: Clock = systemClock,
): InvokePermissions {
  const policies = new Map<string, CompiledPolicy[]>();
  const statementIds = new Set<string>();
  for (const resource of graph.ofType("aws:lambda/permission:Permission")) {
    let readable = true;
    const report: Report = (rule) => {
      readable = false;
      faults.add(resource, rule);
    };
    const permission = readPermission(resource, graph, report);
    if (permission === undefined || !readable) continue;
    const { functionArn, statement } = permission;
    const sid = `${functionArn}\n${statement.Sid}`;
    if (statementIds.has(sid)) report(`Another permission of the function has the statement id ${statement.Sid} too.`);
    statementIds.add(sid);
    const document = { Version: "2012-10-17", Statement: [statement] };
    const policy = compilePolicy({ kind: "resource", name: resource.name, document, subject: resource }, faults);
    policies.set(functionArn, [...(policies.get(functionArn) ?? []), policy]);
  }
  return {
    mayInvoke: (functionArn, sourceArn) => decide(policies.get(functionArn) ?? [], functionArn, sourceArn, clock),
  };
}

function decide(policies: readonly CompiledPolicy[], functionArn: string, sourceArn: string, clock: Clock): Decision {
  const account = parseArn(sourceArn)?.accountId;
  const context = { "aws:SourceArn": sourceArn, ...(account === undefined ? {} : { "aws:SourceAccount": account }) };
  const principal = { kind: "service", service: API_GATEWAY } as const;
  const action = "lambda:InvokeFunction";
  return authorizeResourcePolicy(policies, { principal, action, resourceArn: functionArn, context }, clock);
}

function readPermission(resource: Resource, graph: ResourceGraph, report: Report) {
  const { inputs } = resource;
  reportProperties(inputs, report);
  const functionArn = readFunctionArn(inputs.function, graph, report);
  const action = readText(inputs, "action", report);
  const principal = readText(inputs, "principal", report);
  if (functionArn === undefined || action === undefined || principal === undefined) return undefined;
  const sid = typeof resource.outputs.statementId === "string" ? resource.outputs.statementId : resource.id;
  const statement = {
    Sid: sid,
    Effect: "Allow",
    Principal: principalElement(principal),
    Action: action,
    Resource: functionArn,
    ...conditionElement(inputs, report),
  };
  return { functionArn, statement };
}

function reportProperties(inputs: Inputs, report: Report): void {
  for (const [name, value] of Object.entries(inputs)) {
    if (value === undefined || value === null || EMULATED.has(name)) continue;
    const because = REFUSED.get(name);
    if (because === undefined) report(`The property ${name} is not known to the harness.`);
    else report(`The property ${name} is not emulated: ${because}.`);
  }
}

/** A permission names its function by name, by ARN, or by the ARN's end from the account on. */
function readFunctionArn(given: unknown, graph: ResourceGraph, report: Report): string | undefined {
  const found = graph.ofType(FUNCTION).find((resource) => namesOf(resource).includes(given));
  if (found?.arn === undefined)
    report(
      `The function ${JSON.stringify(given)} is not one of this program's; give its name or its ARN, without a version or alias.`,
    );
  return found?.arn;
}

function namesOf({ arn, outputs, id }: Resource): readonly unknown[] {
  const partial = arn?.split(":").slice(4).join(":");
  return [arn, partial, outputs.name, id].filter((name) => name !== undefined);
}

function readText(inputs: Inputs, name: string, report: Report): string | undefined {
  const value = inputs[name];
  if (typeof value === "string" && value !== "") return value;
  report(`The property ${name} is missing.`);
  return undefined;
}

function principalElement(principal: string): unknown {
  if (principal === "*") return "*";
  return /^[a-z0-9-]+(\.[a-z0-9-]+)*\.amazonaws\.com(\.cn)?$/.test(principal)
    ? { Service: principal }
    : { AWS: principal };
}

function conditionElement(inputs: Inputs, report: Report): { readonly Condition?: unknown } {
  const { sourceArn, sourceAccount } = inputs;
  const condition: Record<string, unknown> = {};
  for (const [name, value] of Object.entries({ sourceArn, sourceAccount }))
    if (value !== undefined && (typeof value !== "string" || value === ""))
      report(`The property ${name} must be text.`);
  if (sourceArn !== undefined) condition.ArnLike = { "AWS:SourceArn": sourceArn };
  if (sourceAccount !== undefined) condition.StringEquals = { "AWS:SourceAccount": sourceAccount };
  return Object.keys(condition).length === 0 ? {} : { Condition: condition };
}
