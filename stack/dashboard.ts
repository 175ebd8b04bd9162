import { Dashboard } from "@pulumi/aws/cloudwatch/dashboard";
import { QueryDefinition } from "@pulumi/aws/cloudwatch/queryDefinition";
import * as pulumi from "@pulumi/pulumi";
import type { Watched } from "./alarms";
import type { Settings } from "./config";
import { uniqueName } from "./unique-name";

interface Graph {
  readonly title: string;
  readonly statistic: string;
  /** Each as CloudWatch has it: namespace, name, then dimensions as name and value in turn. */
  readonly metrics: readonly (readonly pulumi.Input<string>[])[];
}

/** One page to look at first. https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html */
export function createDashboard(settings: Settings, watched: Watched): void {
  const widgets = graphs(watched).map(({ title, statistic, metrics }, index) => ({
    type: "metric",
    x: (index % 2) * 12,
    y: Math.floor(index / 2) * 6,
    width: 12,
    height: 6,
    properties: { title, region: settings.region, stat: statistic, period: 300, view: "timeSeries", metrics },
  }));
  new Dashboard("todo-api", {
    dashboardName: uniqueName("todo-api"),
    dashboardBody: pulumi.jsonStringify({ widgets }),
  });
  createQueries(watched);
}

function graphs({ api, functions, table }: Watched): readonly Graph[] {
  const ofApi = (name: string) => ["AWS/ApiGateway", name, "ApiId", api.id];
  const ofFunctions = (name: string) =>
    functions.map(({ handler }) => ["AWS/Lambda", name, "FunctionName", handler.name]);
  const ofTable = (name: string) => ["AWS/DynamoDB", name, "TableName", table.name];
  return [
    { title: "Requests, and those refused or failed", statistic: "Sum", metrics: ["Count", "4xx", "5xx"].map(ofApi) },
    { title: "Latency, 99th percentile", statistic: "p99", metrics: ["Latency", "IntegrationLatency"].map(ofApi) },
    {
      title: "Errors and throttles of functions",
      statistic: "Sum",
      metrics: [...ofFunctions("Errors"), ...ofFunctions("Throttles")],
    },
    { title: "Duration of functions, longest", statistic: "Maximum", metrics: ofFunctions("Duration") },
    {
      title: "Capacity that the table used",
      statistic: "Sum",
      metrics: ["ConsumedReadCapacityUnits", "ConsumedWriteCapacityUnits"].map(ofTable),
    },
    {
      title: "Throttled by the table",
      statistic: "Sum",
      metrics: ["ReadThrottleEvents", "WriteThrottleEvents"].map(ofTable),
    },
  ];
}

/** Saved in Logs Insights: put the request id, which every answer has in its `apigw-requestid` header, in place of REQUEST_ID. */
function createQueries({ accessLog, functions }: Watched): void {
  new QueryDefinition("why-was-this-request-refused", {
    logGroupNames: [accessLog.name],
    queryString: [
      "fields @timestamp, routeKey, status, authorizerError, integrationStatus, functionStatus, integrationError, sub",
      "filter requestId = 'REQUEST_ID'",
    ].join("\n| "),
  });
  new QueryDefinition("what-did-this-request-touch", {
    logGroupNames: [
      accessLog.name,
      ...functions.map(({ handler }) => handler.loggingConfig.apply(({ logGroup }) => logGroup ?? "")),
    ],
    queryString: [
      "fields @timestamp, @log, sub, routeKey, path, status, message.error.name, message.error.message",
      "filter requestId = 'REQUEST_ID' or message.requestId = 'REQUEST_ID'",
      "sort @timestamp asc",
    ].join("\n| "),
  });
}
