import { parseArn } from "../arn.ts";
import { type Clock, systemClock } from "../clock.ts";
import type { FaultCollector } from "../faults.ts";
import { authorizeResourcePolicy } from "../iam/authorize.ts";
import type { Decision } from "../iam/decision-types.ts";
import { type CompiledPolicy, compilePolicy } from "../iam/policy-document.ts";
import type { Resource, ResourceGraph } from "../pulumi/resource-graph.ts";
import { type Inputs, inputsOf } from "../resources/inputs.ts";
import { refusalsOf } from "../resources/refusal.ts";
import { FUNCTION_TYPE, PERMISSION_TYPE } from "../resources/types/lambda.ts";

/** The resource policies of all functions, from `aws:lambda/permission:Permission`. */
export interface InvokePermissions {
  /** May API Gateway invoke this function on behalf of this route's ARN? A function without a fitting permission: no. */
  mayInvoke(functionArn: string, sourceArn: string): Decision;
}

const API_GATEWAY = "apigateway.amazonaws.com";

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
  for (const resource of graph.ofType(PERMISSION_TYPE)) {
    const permission = readPermission(inputsOf(resource, faults), graph);
    if (permission === undefined || refusalsOf(resource).length > 0) continue;
    const { functionArn, statement } = permission;
    const sid = `${functionArn}\n${statement.Sid}`;
    if (statementIds.has(sid))
      faults.add(resource, `Another permission of the function has the statement id ${statement.Sid} too.`);
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

function readPermission(inputs: Inputs, graph: ResourceGraph) {
  const functionArn = readFunctionArn(inputs, graph);
  const action = readText(inputs, "action");
  const principal = readText(inputs, "principal");
  const condition = conditionElement(inputs);
  if (functionArn === undefined || action === undefined || principal === undefined || condition === undefined) {
    return undefined;
  }
  const { outputs, id } = inputs.resource;
  const statement = {
    Sid: typeof outputs.statementId === "string" ? outputs.statementId : id,
    Effect: "Allow",
    Principal: principalElement(principal),
    Action: action,
    Resource: functionArn,
    ...condition,
  };
  return { functionArn, statement };
}

/** A permission names its function by name, by ARN, or by the ARN's end from the account on. */
function readFunctionArn(inputs: Inputs, graph: ResourceGraph): string | undefined {
  const given = inputs.text("function");
  const found = graph.ofType(FUNCTION_TYPE).find((resource) => namesOf(resource).includes(given));
  if (found?.arn === undefined)
    inputs.report(
      `The function ${JSON.stringify(given)} is not one of this program's; give its name or its ARN, without a version or alias.`,
    );
  return found?.arn;
}

function namesOf({ arn, outputs, id }: Resource): readonly unknown[] {
  const partial = arn?.split(":").slice(4).join(":");
  return [arn, partial, outputs.name, id].filter((name) => name !== undefined);
}

function readText(inputs: Inputs, name: string): string | undefined {
  const value = inputs.text(name) ?? "";
  if (value !== "") return value;
  inputs.fault(name, "is missing");
  return undefined;
}

function principalElement(principal: string): unknown {
  if (principal === "*") return "*";
  return /^[a-z0-9-]+(\.[a-z0-9-]+)*\.amazonaws\.com(\.cn)?$/.test(principal)
    ? { Service: principal }
    : { AWS: principal };
}

/** `undefined` where a source is given and cannot be read: without its condition the permission would be wider. */
function conditionElement(inputs: Inputs): { readonly Condition?: unknown } | undefined {
  const unreadable = ["sourceArn", "sourceAccount"].filter((name) => inputs.has(name) && !inputs.text(name));
  for (const name of unreadable) inputs.fault(name, "must be text, and not empty");
  if (unreadable.length > 0) return undefined;
  const sourceArn = inputs.text("sourceArn");
  const sourceAccount = inputs.text("sourceAccount");
  const condition = {
    ...(sourceArn === undefined ? {} : { ArnLike: { "AWS:SourceArn": sourceArn } }),
    ...(sourceAccount === undefined ? {} : { StringEquals: { "AWS:SourceAccount": sourceAccount } }),
  };
  return Object.keys(condition).length === 0 ? {} : { Condition: condition };
}
