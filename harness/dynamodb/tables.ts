import { parseArn } from "../arn.ts";
import type { FaultCollector } from "../faults.ts";
import type { Resource, ResourceGraph } from "../pulumi/resource-graph.ts";
import { readIndexes } from "./table-indexes.ts";
import { type Report, readAttributes, readKey, reportProperties } from "./table-parts.ts";
import { tableProperties } from "./table-properties.ts";

/** A key attribute's type: string, number or binary. */
export type KeyType = "S" | "N" | "B";

export interface KeyAttribute {
  readonly name: string;
  readonly type: KeyType;
}

/** The key of a table or an index. */
export interface Key {
  readonly partitionKey: KeyAttribute;
  readonly sortKey?: KeyAttribute;
}

export interface SecondaryIndex extends Key {
  readonly name: string;
  readonly kind: "global" | "local";
  readonly projection: "ALL" | "KEYS_ONLY" | "INCLUDE";
  /** With `INCLUDE`: the attributes projected next to the keys. */
  readonly nonKeyAttributes: readonly string[];
}

/** A table of the program, as CreateTable would have made it. */
export interface Table extends Key {
  /** The physical name, which is what the SDK is told. */
  readonly name: string;
  readonly arn: string;
  readonly billingMode: "PROVISIONED" | "PAY_PER_REQUEST";
  /** Read and write capacity units; zero when paid per request. */
  readonly provisioned: { readonly read: number; readonly write: number };
  readonly indexes: readonly SecondaryIndex[];
  readonly timeToLiveAttribute?: string;
  readonly deletionProtection: boolean;
  readonly tags: Readonly<Record<string, string>>;
}

/** Reads every DynamoDB table of the program; what CreateTable would refuse, or the harness does not emulate, is a fault. */
export function readTables(graph: ResourceGraph, faults: FaultCollector): readonly Table[] {
  const tables: Table[] = [];
  for (const resource of graph.ofType("aws:dynamodb/table:Table")) {
    const table = readTable(resource, (rule) => faults.add(resource, rule));
    if (table === undefined) continue;
    const twin = tables.some((other) => other.name === table.name);
    if (twin) faults.add(resource, `Another table of the program is named ${table.name} too.`);
    else tables.push(table);
  }
  return tables;
}

function readTable(resource: Resource, report: Report): Table | undefined {
  const { inputs } = resource;
  reportProperties(inputs, tableProperties, "", report);
  const name = readName(resource, report);
  const attributes = readAttributes(inputs.attributes, report);
  const key = readKey(inputs, attributes, "", report);
  const arn = resource.arn;
  if (arn === undefined || parseArn(arn) === undefined) report("Has no ARN.");
  if (name === undefined || key === undefined || arn === undefined) return undefined;
  const indexes = readIndexes({ inputs, key, attributes, report });
  reportUnusedAttributes(attributes, [key, ...indexes], report);
  return {
    name,
    arn,
    ...key,
    ...readBilling(inputs, report),
    indexes,
    ...readTimeToLive(inputs.ttl, report),
    deletionProtection: inputs.deletionProtectionEnabled === true,
    tags: readTags(resource.outputs.tagsAll ?? inputs.tagsAll ?? inputs.tags),
  };
}

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html */
function readName(resource: Resource, report: Report): string | undefined {
  const name = resource.inputs.name ?? resource.outputs.name ?? resource.id;
  if (typeof name === "string" && /^[a-zA-Z0-9_.-]{3,255}$/.test(name)) return name;
  report(`The table's name must be 3 to 255 letters, digits, "_", "." or "-".`);
  return undefined;
}

/** CreateTable wants every defined attribute used by a key: other attributes need no definition. */
function reportUnusedAttributes(attributes: ReadonlyMap<string, KeyType>, keys: readonly Key[], report: Report): void {
  const used = new Set(keys.flatMap((key) => [key.partitionKey.name, key.sortKey?.name ?? key.partitionKey.name]));
  for (const name of attributes.keys()) {
    if (!used.has(name)) report(`Attribute "${name}" is defined but no key uses it: remove it from attributes.`);
  }
}

function readBilling(inputs: Resource["inputs"], report: Report): Pick<Table, "billingMode" | "provisioned"> {
  const mode = inputs.billingMode ?? "PROVISIONED";
  if (mode === "PAY_PER_REQUEST") return { billingMode: mode, provisioned: { read: 0, write: 0 } };
  if (mode !== "PROVISIONED") report("billingMode must be PAY_PER_REQUEST or PROVISIONED.");
  const { readCapacity: read, writeCapacity: write } = inputs;
  if (typeof read === "number" && typeof write === "number" && read >= 1 && write >= 1) {
    return { billingMode: "PROVISIONED", provisioned: { read, write } };
  }
  report("PROVISIONED, the default billingMode, needs readCapacity and writeCapacity of at least 1.");
  return { billingMode: "PROVISIONED", provisioned: { read: 0, write: 0 } };
}

function readTimeToLive(ttl: unknown, report: Report): Pick<Table, "timeToLiveAttribute"> {
  if (typeof ttl !== "object" || ttl === null) return {};
  const { enabled, attributeName } = ttl as Readonly<Record<string, unknown>>;
  if (enabled !== true) return {};
  if (typeof attributeName === "string" && attributeName !== "") return { timeToLiveAttribute: attributeName };
  report("ttl.enabled needs ttl.attributeName.");
  return {};
}

function readTags(tags: unknown): Readonly<Record<string, string>> {
  if (typeof tags !== "object" || tags === null) return {};
  const texts = Object.entries(tags).filter((entry): entry is [string, string] => typeof entry[1] === "string");
  return Object.fromEntries(texts);
}
