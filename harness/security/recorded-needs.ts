import type { AuthorizationRequest } from "../iam/decision-types.ts";
import type { LambdaFunction } from "../lambda/function.ts";
import type { Model } from "../model.ts";
import { isShown } from "../targets/target.ts";
import type { NeededRequest } from "./least-privilege.ts";
import type { Subject } from "./subject.ts";

/** What the functions' roles were used for in this run: at the tables' door, and by Lambda itself for the logs. */
export async function recordedNeeds(subject: Subject): Promise<readonly NeededRequest[]> {
  const { model, local } = subject;
  const needs = new Map<string, NeededRequest>();
  for (const { asked, outcome, operation, requestId } of local?.observations() ?? []) {
    if (outcome === "denied") continue;
    for (const request of asked) {
      const { principal } = request;
      if (principal.kind !== "role-session") continue;
      const key = needKey(principal.roleArn, request);
      if (needs.has(key)) continue;
      const neededBy = `${operation} in ${await routeOf(subject, requestId)}`;
      needs.set(key, { roleArn: principal.roleArn, request, neededBy });
    }
  }
  return [...needs.values(), ...model.functions.flatMap((one) => [...logNeeds(model, one), ...traceNeeds(model, one)])];
}

/** Whose items they are makes no difference to a role; actions, resources and the other conditions do. */
function needKey(roleArn: string, { action, resourceArn, context }: AuthorizationRequest): string {
  const { "dynamodb:LeadingKeys": _keys, "aws:SourceIp": _address, ...rest } = context;
  return JSON.stringify([roleArn, action, resourceArn, rest["dynamodb:Attributes"], rest["dynamodb:Select"]]);
}

async function routeOf({ target }: Subject, requestId: string): Promise<string> {
  if (!isShown(target.journalOf)) return "a request";
  const entry = (await target.journalOf(requestId)).find(
    ({ step, outcome }) => step === "route" && outcome === "allowed",
  );
  return entry?.subject ?? "an event without a gateway";
}

/** Lambda sends a function's traces under the function's role, where tracing is on. X-Ray knows no resources.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html */
function traceNeeds(model: Model, lambdaFunction: LambdaFunction): readonly NeededRequest[] {
  const { tracingConfig } = model.program.graph.byArn(lambdaFunction.functionArn)?.inputs ?? {};
  const mode =
    typeof tracingConfig === "object" && tracingConfig !== null && "mode" in tracingConfig
      ? tracingConfig.mode
      : undefined;
  if (mode !== "Active") return [];
  return ["xray:PutTraceSegments", "xray:PutTelemetryRecords"].map((action) =>
    lambdasOwn(model, lambdaFunction, action, "*"),
  );
}

/** What Lambda itself asks for under the function's role. */
function lambdasOwn(
  { program }: Model,
  { roleArn, functionName }: LambdaFunction,
  action: string,
  resourceArn: string,
): NeededRequest {
  const { accountId } = program.deployment;
  return {
    roleArn,
    request: {
      principal: { kind: "role-session", roleArn, sessionArn: `${roleArn}/${functionName}`, accountId },
      action,
      resourceArn,
      context: { "aws:SecureTransport": "true" },
    },
    neededBy: `Lambda, for the ${action.startsWith("xray:") ? "traces" : "log"} of ${functionName}`,
  };
}

/** Lambda writes a function's log under the function's role.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html */
function logNeeds(model: Model, lambdaFunction: LambdaFunction): readonly NeededRequest[] {
  const { program } = model;
  const { logging } = lambdaFunction;
  const { region, accountId } = program.deployment;
  const group = `arn:aws:logs:${region}:${accountId}:log-group:${logging.logGroup}`;
  const declared = program.graph
    .ofType("aws:cloudwatch/logGroup:LogGroup")
    .some(({ outputs, inputs }) => (outputs.name ?? inputs.name) === logging.logGroup);
  const ask = (action: string, resourceArn: string) => lambdasOwn(model, lambdaFunction, action, resourceArn);
  return [
    ...(declared ? [] : [ask("logs:CreateLogGroup", group)]),
    ask("logs:CreateLogStream", `${group}:log-stream:2026/01/01/[$LATEST]0`),
    ask("logs:PutLogEvents", `${group}:log-stream:2026/01/01/[$LATEST]0`),
  ];
}
