import type { Resource, ResourceGraph } from "../pulumi/resource-graph.ts";
import { charge, type PriceName, prices } from "./prices.ts";

/** A month of use. */
export interface Usage {
  readonly requests: number;
  /** Users who sign in or refresh at least once. */
  readonly users: number;
  /** Of a request in its function, on average. */
  readonly durationMilliseconds: number;
  /** Of the requests, those that read; the others write. From 0 to 1. */
  readonly readShare: number;
}

export interface CostLine {
  /** What is paid for: the resource's logical name, or the kind of several. */
  readonly resource: string;
  readonly price: PriceName;
  readonly units: number;
  readonly freeUnits: number;
  readonly dollars: number;
  /** Dollars a month when nobody calls, whatever the account has free. */
  readonly idleDollars: number;
}

/** Small items: one unit writes, one unit reads consistently. */
const ITEM_BYTES = 1_024;
const ITEMS_PER_USER = 50;
/** Two lines for a request: the access log's and the function's. */
const LOG_BYTES_PER_REQUEST = 1_024;
const BYTES_PER_GIGABYTE = 1024 ** 3;
/** X-Ray's default rule: one request in each second, and five of a hundred. Even load makes the first the smaller part. */
const TRACED_SHARE = 0.05;

interface Quantity {
  readonly resource: string;
  readonly price: PriceName;
  readonly units: number;
  /** What is used when nobody calls. */
  readonly idleUnits?: number;
}

/** The cost of a month, a line for each thing that is metered. An account's free units go to its first lines. */
export function estimateCost(graph: ResourceGraph, usage: Usage): readonly CostLine[] {
  const left = new Map<PriceName, number>();
  return quantities(graph, usage).map(({ resource, price, units, idleUnits = 0 }) => {
    const free = Math.min(units, left.get(price) ?? prices[price].freeUnits);
    left.set(price, (left.get(price) ?? prices[price].freeUnits) - free);
    return {
      resource,
      price,
      units,
      freeUnits: free,
      dollars: charge(prices[price], units, free),
      idleDollars: charge(prices[price], idleUnits, 0),
    };
  });
}

function quantities(graph: ResourceGraph, usage: Usage): readonly Quantity[] {
  const { requests, users } = usage;
  const has = (type: string) => graph.ofType(type);
  const counted = (type: string, price: PriceName, resource: string): Quantity[] => {
    const units = has(type).length;
    return units === 0 ? [] : [{ resource, price, units, idleUnits: units }];
  };
  return [
    ...has("aws:apigatewayv2/api:Api").map(
      ({ name }): Quantity => ({ resource: name, price: "httpApiRequests", units: requests }),
    ),
    ...functionQuantities(has("aws:lambda/function:Function"), usage),
    ...has("aws:dynamodb/table:Table").flatMap((table) => tableQuantities(table, usage)),
    ...has("aws:cognito/userPool:UserPool").map(
      ({ name }): Quantity => ({ resource: name, price: "liteUsers", units: users }),
    ),
    { resource: "log groups", price: "logs", units: (requests * LOG_BYTES_PER_REQUEST) / BYTES_PER_GIGABYTE },
    ...counted("aws:cloudwatch/metricAlarm:MetricAlarm", "alarms", "alarms"),
    ...counted("aws:cloudwatch/dashboard:Dashboard", "dashboards", "dashboards"),
    ...graph.components
      .filter(({ type }) => type === "awsx:cloudtrail:Trail")
      .map(({ name }): Quantity => ({ resource: name, price: "dataEvents", units: requests })),
  ];
}

/** Every route is called as often as any other: what matters is memory, and that is a function's own. */
function functionQuantities(functions: readonly Resource[], { requests, durationMilliseconds }: Usage): Quantity[] {
  const share = functions.length === 0 ? 0 : requests / functions.length;
  return functions.flatMap(({ name, inputs }): Quantity[] => {
    const gigabytes = (typeof inputs.memorySize === "number" ? inputs.memorySize : 128) / 1024;
    const arm = Array.isArray(inputs.architectures) && inputs.architectures.includes("arm64");
    const traced = (inputs.tracingConfig as { mode?: unknown } | undefined)?.mode === "Active";
    const seconds = share * (durationMilliseconds / 1000) * gigabytes;
    return [
      { resource: name, price: "lambdaRequests", units: share },
      { resource: name, price: arm ? "lambdaArmSeconds" : "lambdaX86Seconds", units: seconds },
      ...(traced ? [{ resource: name, price: "traces" as const, units: share * TRACED_SHARE }] : []),
    ];
  });
}

function tableQuantities({ name, inputs }: Resource, { requests, users, readShare }: Usage): Quantity[] {
  const gigabytes = (users * ITEMS_PER_USER * ITEM_BYTES) / BYTES_PER_GIGABYTE;
  const recovery = (inputs.pointInTimeRecovery as { enabled?: unknown } | undefined)?.enabled === true;
  return [
    { resource: name, price: "tableWrites", units: requests * (1 - readShare) },
    { resource: name, price: "tableReads", units: requests * readShare },
    { resource: name, price: "tableStorage", units: gigabytes },
    ...(recovery ? [{ resource: name, price: "tableRecovery" as const, units: gigabytes }] : []),
  ];
}
