import { parseArn } from "../arn.ts";
import type { FaultCollector } from "../faults.ts";
import type { ResourceGraph } from "../pulumi/resource-graph.ts";
import { type Inputs, inputsOf } from "../resources/inputs.ts";
import { tagsOf } from "../resources/tags.ts";
import { TABLE_TYPE } from "../resources/types/dynamodb.ts";
import { readIndexes } from "./table-indexes.ts";
import { readAttributes, readKey } from "./table-parts.ts";
import type { Key, KeyType, Table } from "./tables.ts";

/** Reads every DynamoDB table of the program; what CreateTable would refuse, or the harness does not emulate, is a fault. */
export function readTables(graph: ResourceGraph, faults: FaultCollector): readonly Table[] {
  const tables: Table[] = [];
  for (const resource of graph.ofType(TABLE_TYPE)) {
    const table = readTable(inputsOf(resource, faults));
    if (table === undefined) continue;
    const twin = tables.some((other) => other.name === table.name);
    if (twin) faults.add(resource, `Another table of the program is named ${table.name} too.`);
    else tables.push(table);
  }
  return tables;
}

function readTable(inputs: Inputs): Table | undefined {
  const name = readName(inputs);
  const attributes = readAttributes(inputs);
  const key = readKey(inputs, attributes);
  const { arn } = inputs.resource;
  if (arn === undefined || parseArn(arn) === undefined) inputs.report("The table has no ARN.");
  if (name === undefined || key === undefined || arn === undefined) return undefined;
  const indexes = readIndexes({ inputs, key, attributes });
  reportUnusedAttributes(attributes, [key, ...indexes], inputs);
  return {
    name,
    arn,
    ...key,
    ...readBilling(inputs),
    indexes,
    ...readTimeToLive(inputs.block("ttl")),
    deletionProtection: inputs.flag("deletionProtectionEnabled") === true,
    tags: tagsOf(inputs),
  };
}

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html */
function readName(inputs: Inputs): string | undefined {
  const name = inputs.text("name") ?? inputs.resource.outputs.name ?? inputs.resource.id;
  if (typeof name === "string" && /^[a-zA-Z0-9_.-]{3,255}$/.test(name)) return name;
  inputs.report(`The table's name must be 3 to 255 letters, digits, "_", "." or "-".`);
  return undefined;
}

/** CreateTable wants every defined attribute used by a key: other attributes need no definition. */
function reportUnusedAttributes(attributes: ReadonlyMap<string, KeyType>, keys: readonly Key[], inputs: Inputs): void {
  const used = new Set(keys.flatMap((key) => [key.partitionKey.name, key.sortKey?.name ?? key.partitionKey.name]));
  for (const name of attributes.keys()) {
    if (!used.has(name)) inputs.report(`Attribute "${name}" is defined but no key uses it: remove it from attributes.`);
  }
}

function readBilling(inputs: Inputs): Pick<Table, "billingMode" | "provisioned"> {
  const mode = inputs.text("billingMode") ?? "PROVISIONED";
  if (mode === "PAY_PER_REQUEST") return { billingMode: mode, provisioned: { read: 0, write: 0 } };
  if (mode !== "PROVISIONED") inputs.fault("billingMode", "must be PAY_PER_REQUEST or PROVISIONED");
  const read = inputs.number("readCapacity") ?? 0;
  const write = inputs.number("writeCapacity") ?? 0;
  if (read >= 1 && write >= 1) return { billingMode: "PROVISIONED", provisioned: { read, write } };
  inputs.report("PROVISIONED, the default `billingMode`, needs `readCapacity` and `writeCapacity` of at least 1.");
  return { billingMode: "PROVISIONED", provisioned: { read: 0, write: 0 } };
}

function readTimeToLive(ttl: Inputs): Pick<Table, "timeToLiveAttribute"> {
  if (ttl.flag("enabled") !== true) return {};
  const attributeName = ttl.text("attributeName") ?? "";
  if (attributeName !== "") return { timeToLiveAttribute: attributeName };
  ttl.fault("enabled", "needs `ttl.attributeName`");
  return {};
}
