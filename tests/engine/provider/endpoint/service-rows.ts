import { zipOf } from "../../../../harness/lambda/zip.ts";
import type { Archive } from "../../../../harness/pulumi/resource-graph.ts";
import { capitalized, type Inputs, type Place, type Rows, tagList, until } from "./row.ts";

/** Functions, tables, logs and alarms. */
export const SERVICE_ROWS: Rows = {
  "aws:lambda/function:Function": {
    async create({ clients, region }, inputs) {
      const made = await clients.lambda.createFunction({
        FunctionName: inputs.name,
        Role: inputs.role,
        Runtime: inputs.runtime,
        Handler: inputs.handler,
        Code: { ZipFile: await zipOf(inputs.code as Archive) },
        Architectures: inputs.architectures,
        Timeout: inputs.timeout,
        MemorySize: inputs.memorySize,
        Environment: inputs.environment === undefined ? undefined : { Variables: inputs.environment.variables },
        LoggingConfig: capitalized(inputs.loggingConfig),
        TracingConfig: capitalized(inputs.tracingConfig),
        Tags: inputs.tags,
      });
      const FunctionName = made.FunctionName ?? "";
      await until(async () => (await clients.lambda.getFunctionConfiguration({ FunctionName })).State !== "Pending");
      const reserved = inputs.reservedConcurrentExecutions;
      if (typeof reserved === "number" && reserved >= 0)
        await clients.lambda.putFunctionConcurrency({ FunctionName, ReservedConcurrentExecutions: reserved });
      const { FunctionArn: arn } = made;
      const invokeArn = `arn:aws:apigateway:${region}:lambda:path/2015-03-31/functions/${arn}/invocations`;
      return { id: FunctionName, outputs: { arn, invokeArn, version: "$LATEST", qualifiedArn: `${arn}:$LATEST` } };
    },
    async update({ clients }, { code }, FunctionName) {
      await clients.lambda.updateFunctionCode({ FunctionName, ZipFile: await zipOf(code as Archive) });
    },
    delete: ({ clients }, _inputs, FunctionName) => clients.lambda.deleteFunction({ FunctionName }),
  },
  "aws:lambda/permission:Permission": {
    async create(place, inputs) {
      await addPermission(place, inputs);
      return { id: inputs.statementId, outputs: {} };
    },
    async update(place, inputs, StatementId) {
      await place.clients.lambda.removePermission({ FunctionName: inputs.function, StatementId });
      await addPermission(place, { ...inputs, statementId: StatementId });
    },
    delete: ({ clients }, { function: FunctionName }, StatementId) =>
      clients.lambda.removePermission({ FunctionName, StatementId }),
  },
  "aws:dynamodb/table:Table": {
    async create({ clients }, inputs) {
      const { name: TableName, hashKey, rangeKey } = inputs;
      const attributes: readonly { readonly name: string; readonly type: "S" | "N" | "B" }[] = inputs.attributes;
      const made = await clients.dynamodb.createTable({
        TableName,
        BillingMode: inputs.billingMode,
        AttributeDefinitions: attributes.map(({ name, type }) => ({ AttributeName: name, AttributeType: type })),
        KeySchema: [
          { AttributeName: hashKey, KeyType: "HASH" },
          ...(rangeKey === undefined ? [] : [{ AttributeName: rangeKey, KeyType: "RANGE" as const }]),
        ],
        DeletionProtectionEnabled: inputs.deletionProtectionEnabled,
        SSESpecification:
          inputs.serverSideEncryption === undefined ? undefined : { Enabled: inputs.serverSideEncryption.enabled },
        Tags: tagList(inputs.tags),
      });
      await until(async () => (await clients.dynamodb.describeTable({ TableName })).Table?.TableStatus === "ACTIVE");
      return { id: TableName, outputs: { arn: made.TableDescription?.TableArn } };
    },
    delete: ({ clients }, _inputs, TableName) => clients.dynamodb.deleteTable({ TableName }),
  },
  "aws:cloudwatch/logGroup:LogGroup": {
    async create({ clients, region, accountId }, { name: logGroupName, retentionInDays, tags }) {
      await clients.logs.createLogGroup({ logGroupName, tags });
      if (retentionInDays !== undefined) await clients.logs.putRetentionPolicy({ logGroupName, retentionInDays });
      return { id: logGroupName, outputs: { arn: `arn:aws:logs:${region}:${accountId}:log-group:${logGroupName}` } };
    },
    delete: ({ clients }, _inputs, logGroupName) => clients.logs.deleteLogGroup({ logGroupName }),
  },
  "aws:cloudwatch/metricAlarm:MetricAlarm": {
    async create({ clients, region, accountId }, inputs) {
      const { name: AlarmName, tags, ...settings } = inputs;
      await clients.cloudwatch.putMetricAlarm({
        ...capitalized(settings),
        AlarmName,
        Dimensions: Object.entries(inputs.dimensions ?? {}).map(([Name, Value]) => ({ Name, Value: String(Value) })),
        Tags: tagList(tags),
      });
      return { id: AlarmName, outputs: { arn: `arn:aws:cloudwatch:${region}:${accountId}:alarm:${AlarmName}` } };
    },
    delete: ({ clients }, _inputs, AlarmName) => clients.cloudwatch.deleteAlarms({ AlarmNames: [AlarmName] }),
  },
};

function addPermission({ clients }: Place, inputs: Inputs) {
  return clients.lambda.addPermission({
    FunctionName: inputs.function,
    StatementId: inputs.statementId,
    Action: inputs.action,
    Principal: inputs.principal,
    SourceArn: inputs.sourceArn,
  });
}
