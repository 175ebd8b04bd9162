import { HEXADECIMAL } from "../../pulumi/identifiers.ts";
import { inputText, named, namedWithArn, physicalName } from "../creation.ts";
import { type Create, inertType, type ResourceTypes } from "../resource-type.ts";

const NO_METRICS = "no metrics are kept locally";
const LOGS = "log lines go to the console";

const createProvider: Create = (resource, ids) => ({ id: ids.text(resource, "id", 36, HEXADECIMAL), outputs: {} });

const createAlarm: Create = (resource, ids) => {
  const alarmName = inputText(resource, "alarmName") || physicalName(resource, ids);
  const arn = ids.arn("cloudwatch", `alarm:${alarmName}`);
  return { id: alarmName, arn, outputs: { arn, alarmName } };
};

/** Resource types of services that are not emulated and decide nothing that a client could see. One row is all that it
 * takes to add one. */
export const INERT_TYPES: ResourceTypes = {
  "aws:cloudwatch/dashboard:Dashboard": inertType("dashboards draw, they decide nothing", named),
  "aws:cloudwatch/logGroup:LogGroup": inertType(LOGS, namedWithArn("logs", "log-group:")),
  "aws:cloudwatch/metricAlarm:MetricAlarm": inertType(NO_METRICS, createAlarm),
  "pulumi:providers:aws": inertType("it chooses where AWS is; locally there is one place", createProvider),
};
