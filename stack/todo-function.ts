import { LogGroup } from "@pulumi/aws/cloudwatch/logGroup";
import type { Table } from "@pulumi/aws/dynamodb/table";
import { Role } from "@pulumi/aws/iam/role";
import { RolePolicy } from "@pulumi/aws/iam/rolePolicy";
import { CallbackFunction } from "@pulumi/aws/lambda";
import * as pulumi from "@pulumi/pulumi";
import type { Handler } from "../functions/endpoint";
import type { Settings } from "./config";

export interface TodoFunctionArgs {
  /** Makes the handler, once per cold start. */
  readonly handlerFactory: () => Handler;
  readonly table: Table;
  /** All that the function's role may do with the table. */
  readonly tableActions: readonly `dynamodb:${string}`[];
  readonly settings: Settings;
}

/** Lambda's runtime has the SDK; a function's package holds the handler alone. */
const runtimePackages = ["@aws-sdk/client-dynamodb", "@aws-sdk/lib-dynamodb", "@aws-sdk/util-dynamodb"];

/** A function with a role and a log group of its own. */
export function createTodoFunction(name: string, args: TodoFunctionArgs): CallbackFunction<unknown, unknown> {
  const { handlerFactory, table, settings } = args;
  const logGroup = new LogGroup(name, { retentionInDays: settings.logRetentionDays, tags: settings.tags });
  const role = new Role(name, { assumeRolePolicy: lambdaTrustPolicy, tags: settings.tags });
  const policy = new RolePolicy(name, { role: role.id, policy: rolePolicy(args, logGroup) });
  return new CallbackFunction(
    name,
    {
      callbackFactory: handlerFactory,
      runtime: "nodejs24.x",
      architectures: ["arm64"],
      timeout: 10,
      memorySize: 256,
      ...(settings.tracing ? { tracingConfig: { mode: "Active" } } : {}),
      ...(settings.reservedConcurrency > 0 ? { reservedConcurrentExecutions: settings.reservedConcurrency } : {}),
      role,
      environment: { variables: { TABLE_NAME: table.name } },
      loggingConfig: { logFormat: "JSON", logGroup: logGroup.name },
      codePathOptions: { extraExcludePackages: runtimePackages },
      tags: settings.tags,
    },
    // The first call may come as soon as the function stands; its rights must stand before.
    { dependsOn: [policy] },
  );
}

const lambdaTrustPolicy = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
});

/** X-Ray has nothing narrower than "all": https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html */
const sendTraces = {
  Sid: "SendTraces",
  Effect: "Allow",
  Action: ["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
  Resource: "*",
};

/** The log group exists before the function does, so its role needs no right to create one. */
function rolePolicy({ table, tableActions, settings }: TodoFunctionArgs, logGroup: LogGroup): pulumi.Output<string> {
  return pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      { Sid: "UseTable", Effect: "Allow", Action: tableActions, Resource: table.arn },
      {
        Sid: "WriteLogs",
        Effect: "Allow",
        Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
        Resource: pulumi.interpolate`${logGroup.arn}:*`,
      },
      ...(settings.tracing ? [sendTraces] : []),
    ],
  });
}
