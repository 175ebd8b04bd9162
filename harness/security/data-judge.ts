import type { GateObservation } from "../dynamodb/observation.ts";
import type { Table } from "../dynamodb/tables.ts";
import type { JsonObject } from "../json.ts";
import { isShown } from "../targets/target.ts";
import type { Answer, Subject } from "./subject.ts";
import type { ThingApi } from "./things.ts";

/** Where a kind of thing is kept, and how a row says whose it is. */
export interface OwnedTable {
  readonly table: Table;
  readonly ownerAttribute: string;
  /** Whether the owner is the table's partition key: then each request is bound to one owner's rows. */
  readonly partitionedByOwner: boolean;
}

/** @throws Error when the profile names a table that the program lacks. */
export function ownedTable({ model }: Subject, { thing }: ThingApi): OwnedTable {
  const resource = model.program.graph.ofType("aws:dynamodb/table:Table").find(({ name }) => name === thing.table.name);
  const table = model.tables.find(({ arn }) => arn === resource?.arn);
  if (table === undefined) throw new Error(`the profile names the table ${thing.table.name}, which the program lacks`);
  const { ownerAttribute } = thing.table;
  return { table, ownerAttribute, partitionedByOwner: table.partitionKey.name === ownerAttribute };
}

/**
 * What a request did to items that are not its sender's: every key that the gate saw read or written is held against the
 * sender. Empty where it kept to its own; `undefined` where the gate cannot be seen.
 */
export async function trespasses(
  { target }: Subject,
  owned: OwnedTable,
  owner: string,
  { requestId }: Answer,
): Promise<readonly string[] | undefined> {
  if (!isShown(target.observationsOf) || requestId === undefined) return undefined;
  const observations = await target.observationsOf(requestId);
  return [...new Set(observations.flatMap((observation) => trespassesOf(observation, owned, owner)))];
}

export function trespassesOf(observation: GateObservation, owned: OwnedTable, owner: string): readonly string[] {
  if (observation.outcome !== "executed") return [];
  const { table, partitionedByOwner } = owned;
  const parts = observation.asked.filter(
    ({ resourceArn }) => resourceArn === table.arn || resourceArn.startsWith(`${table.arn}/index/`),
  );
  if (parts.length === 0) return [];
  const scans = parts.filter(({ action }) => action === "dynamodb:Scan");
  const foreignKeys = parts.flatMap(({ action, resourceArn, context }) => {
    if (!partitionedByOwner || resourceArn !== table.arn) return [];
    const keys = [context["dynamodb:LeadingKeys"] ?? []].flat().filter((key) => key !== owner);
    return keys.length === 0 ? [] : [`${action} on another user's partition`];
  });
  const foreignRows = rowsIn(observation).filter((row) => isForeign(row, owned, owner));
  return [
    ...scans.map(() => `${observation.operation} read the whole table`),
    ...foreignKeys,
    ...(foreignRows.length === 0 ? [] : [`${observation.operation} returned or wrote another user's row`]),
  ];
}

function isForeign(row: JsonObject, { ownerAttribute }: OwnedTable, owner: string): boolean {
  const value = row[ownerAttribute];
  if (typeof value !== "object" || value === null) return false;
  return Object.values(value)[0] !== owner;
}

const ROW_MEMBERS = ["Item", "Attributes", "Key", "Put", "Update", "Delete", "PutRequest", "DeleteRequest"];
const LIST_MEMBERS = ["Items", "Responses", "RequestItems", "TransactItems", "Keys", "CancellationReasons"];

/** Every row that stands in a request or its answer, wherever the operation keeps them. */
function rowsIn({ input, answer }: GateObservation): readonly JsonObject[] {
  return [...rowsUnder(input), ...rowsUnder(answer === undefined ? {} : parse(answer.body))];
}

function rowsUnder(value: unknown): readonly JsonObject[] {
  if (Array.isArray(value)) return value.flatMap((entry) => [entry as JsonObject, ...rowsUnder(entry)]);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, content]): readonly JsonObject[] => {
    if (ROW_MEMBERS.includes(name)) return [content as JsonObject, ...rowsUnder(content)].filter(isRow);
    return LIST_MEMBERS.includes(name) || Array.isArray(content) ? rowsOfTables(content) : [];
  });
}

/** Batches hold lists by table. */
function rowsOfTables(content: unknown): readonly JsonObject[] {
  const lists = Array.isArray(content) ? [content] : Object.values(Object(content ?? {}));
  return lists.flatMap(rowsUnder).filter(isRow);
}

const isRow = (value: unknown): value is JsonObject => typeof value === "object" && value !== null;

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

/** An owner's rows as the table holds them, as one text to compare byte for byte; `undefined` where it cannot be read. */
export async function rowsOf({ target }: Subject, owned: OwnedTable, owner: string): Promise<string | undefined> {
  if (!isShown(target.rawItems)) return undefined;
  const rows = await target.rawItems(await physicalName({ target }, owned));
  return rows
    .filter((row) => !isForeign(row, owned, owner))
    .map((row) => JSON.stringify(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1))))
    .sort()
    .join("\n");
}

/** A deployed target has its own name for the table; where there is one table alone, that is it. */
async function physicalName({ target }: Pick<Subject, "target">, { table }: OwnedTable): Promise<string> {
  if (!isShown(target.tableNames)) return table.name;
  const names = await target.tableNames();
  return names.includes(table.name) || names.length !== 1 ? table.name : (names[0] ?? table.name);
}
