import type { Api } from "@pulumi/aws/apigatewayv2/api";
import type { LogGroup } from "@pulumi/aws/cloudwatch/logGroup";
import { LogMetricFilter } from "@pulumi/aws/cloudwatch/logMetricFilter";
import { MetricAlarm } from "@pulumi/aws/cloudwatch/metricAlarm";
import type { Table } from "@pulumi/aws/dynamodb/table";
import type { Function as LambdaFunction } from "@pulumi/aws/lambda/function";
import { Topic } from "@pulumi/aws/sns/topic";
import { TopicSubscription } from "@pulumi/aws/sns/topicSubscription";
import type * as pulumi from "@pulumi/pulumi";
import type { Settings } from "./config";
import { uniqueName } from "./unique-name";

/** What is watched. */
export interface Watched {
  readonly api: Api;
  readonly accessLog: LogGroup;
  readonly functions: readonly { readonly name: string; readonly handler: LambdaFunction }[];
  readonly table: Table;
}

interface Threshold {
  readonly description: string;
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions?: Readonly<Record<string, pulumi.Input<string>>>;
  /** A statistic such as `Sum`, or a percentile such as `p99`. */
  readonly statistic: "Sum" | "Maximum" | `p${number}`;
  readonly threshold: number;
  /** Five-minute periods, all of which must be above the threshold. */
  readonly periods?: number;
}

const periodSeconds = 300;

/** Functions end after ten seconds: see `todo-function.ts`. */
const nearTimeoutMilliseconds = 8_000;

/** One alarm for each way in which the API can fail its users. `docs/operations.md` says what to do about each. */
export function createAlarms(settings: Settings, watched: Watched): void {
  const notified = createTopic(settings);
  const alarm = (name: string, threshold: Threshold) => createAlarm(name, threshold, { settings, notified });
  watchApi(watched, alarm);
  for (const { name, handler } of watched.functions) watchFunction(name, handler, alarm);
  watchTable(watched.table, alarm);
}

type Alarm = (name: string, threshold: Threshold) => void;

function watchApi({ api, accessLog }: Watched, alarm: Alarm): void {
  const dimensions = { ApiId: api.id };
  alarm("api-server-errors", {
    description: "The API answers 5xx.",
    namespace: "AWS/ApiGateway",
    metricName: "5xx",
    dimensions,
    statistic: "Sum",
    threshold: 5,
  });
  alarm("api-latency", {
    description: "One request in a hundred takes longer than three seconds.",
    namespace: "AWS/ApiGateway",
    metricName: "Latency",
    dimensions,
    statistic: "p99",
    threshold: 3_000,
    periods: 3,
  });
  const refusals = { namespace: uniqueName("todo-api"), metricName: "Unauthorized" };
  // The gateway counts all 4xx together; that a request had no good token, only the access log tells.
  new LogMetricFilter("api-unauthorized", {
    logGroupName: accessLog.name,
    pattern: '{ $.status = "401" }',
    metricTransformation: { namespace: refusals.namespace, name: refusals.metricName, value: "1" },
  });
  alarm("api-unauthorized", {
    ...refusals,
    description: "Many requests without a good token: an attack, or an app that signs in no more.",
    statistic: "Sum",
    threshold: 100,
  });
}

function watchFunction(name: string, handler: LambdaFunction, alarm: Alarm): void {
  const common = { namespace: "AWS/Lambda", dimensions: { FunctionName: handler.name } } as const;
  alarm(`${name}-errors`, {
    ...common,
    description: `${name} fails.`,
    metricName: "Errors",
    statistic: "Sum",
    threshold: 0,
  });
  alarm(`${name}-throttles`, {
    ...common,
    description: `${name} is called more often at one moment than it may run.`,
    metricName: "Throttles",
    statistic: "Sum",
    threshold: 0,
  });
  alarm(`${name}-duration`, {
    ...common,
    description: `${name} comes near its timeout.`,
    metricName: "Duration",
    statistic: "Maximum",
    threshold: nearTimeoutMilliseconds,
  });
}

function watchTable(table: Table, alarm: Alarm): void {
  for (const kind of ["Read", "Write"]) {
    alarm(`table-${kind.toLowerCase()}-throttles`, {
      description: `DynamoDB turns ${kind.toLowerCase()}s of the table away.`,
      namespace: "AWS/DynamoDB",
      metricName: `${kind}ThrottleEvents`,
      dimensions: { TableName: table.name },
      statistic: "Sum",
      threshold: 0,
    });
  }
}

/** Where alarms go: a topic with the configured address, which has to confirm once by the link that AWS sends to it. */
function createTopic(settings: Settings): pulumi.Input<string>[] {
  if (settings.alarmEmail === "") return [];
  const topic = new Topic("alarms", { tags: settings.tags });
  new TopicSubscription("alarms", { topic: topic.arn, protocol: "email", endpoint: settings.alarmEmail });
  return [topic.arn];
}

function createAlarm(
  name: string,
  { description, namespace, metricName, dimensions, statistic, threshold, periods = 1 }: Threshold,
  { settings, notified }: { readonly settings: Settings; readonly notified: pulumi.Input<string>[] },
): void {
  new MetricAlarm(name, {
    alarmDescription: `${description} See docs/operations.md.`,
    namespace,
    metricName,
    ...(dimensions === undefined ? {} : { dimensions }),
    ...(statistic.startsWith("p") ? { extendedStatistic: statistic } : { statistic }),
    comparisonOperator: "GreaterThanThreshold",
    threshold,
    period: periodSeconds,
    evaluationPeriods: periods,
    // No request, no trouble: an API that nobody calls is in order.
    treatMissingData: "notBreaching",
    alarmActions: notified,
    okActions: notified,
    tags: settings.tags,
  });
}
