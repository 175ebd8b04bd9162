import { HarnessError } from "../errors.ts";
import type { EngineAnswer } from "./database.ts";
import type { Key, SecondaryIndex, Table } from "./tables.ts";

type Call = (operation: string, body: string) => Promise<EngineAnswer>;

/** Makes the tables that the engine lacks and checks the schema of those that it has. */
export async function provisionTables(call: Call, tables: readonly Table[], place: string): Promise<void> {
  for (const table of tables) {
    const existing = await describe(call, table.name, place);
    if (existing === undefined) await create(call, table, place);
    else requireSameSchema(table, existing, place);
  }
}

/** What an endpoint says that looks at who asks. The harness asks as nobody in particular: its own gate is who decides. */
const ASKS_WHO =
  /^(InvalidSignature|SignatureDoesNotMatch|UnrecognizedClient|IncompleteSignature|MissingAuthentication|AccessDenied)/;

async function describe(call: Call, name: string, place: string): Promise<unknown> {
  const answer = await call("DescribeTable", JSON.stringify({ TableName: name }));
  const body = JSON.parse(answer.body.toString()) as { readonly Table?: unknown; readonly __type?: string };
  if (answer.status === 200) return body.Table;
  // AWS names the error's namespace before it; not every endpoint does.
  const type = body.__type?.split("#").at(-1) ?? "";
  if (type === "ResourceNotFoundException") return undefined;
  if (ASKS_WHO.test(type)) {
    throw new HarnessError(
      "ENGINE_FAILED",
      `The DynamoDB of ${place} enforces IAM (${type}), and the harness has no credentials for it. ` +
        "Start it without that: ministack without AUTH=true, LocalStack without ENFORCE_IAM=1.",
    );
  }
  throw new HarnessError("ENGINE_FAILED", `The DynamoDB engine does not describe table ${name}: ${answer.body}`);
}

async function create(call: Call, table: Table, place: string): Promise<void> {
  const answer = await call("CreateTable", JSON.stringify(createTableInput(table)));
  if (answer.status !== 200) {
    throw new HarnessError("ENGINE_FAILED", `The DynamoDB engine refuses table ${table.name}: ${answer.body}`);
  }
  for (let attempt = 0; attempt < 200; attempt++) {
    const { TableStatus } = (await describe(call, table.name, place)) as { readonly TableStatus?: string };
    if (TableStatus === "ACTIVE") return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new HarnessError("ENGINE_FAILED", `The DynamoDB engine does not finish creating table ${table.name}.`);
}

/** Capacity is not metered, so every table is made to be paid per request. */
function createTableInput(table: Table): Readonly<Record<string, unknown>> {
  const global = table.indexes.filter((index) => index.kind === "global").map(indexInput);
  const local = table.indexes.filter((index) => index.kind === "local").map(indexInput);
  return {
    TableName: table.name,
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: attributeDefinitions(table),
    KeySchema: keySchema(table),
    ...(global.length > 0 ? { GlobalSecondaryIndexes: global } : {}),
    ...(local.length > 0 ? { LocalSecondaryIndexes: local } : {}),
  };
}

/** The key attributes of a table and its indexes, each once, as CreateTable and DescribeTable give them. */
export function attributeDefinitions(table: Table): readonly Readonly<Record<string, string>>[] {
  const attributes = [table, ...table.indexes].flatMap((key) => [key.partitionKey, key.sortKey ?? key.partitionKey]);
  const types = new Map(attributes.map(({ name, type }) => [name, type]));
  return [...types].map(([AttributeName, AttributeType]) => ({ AttributeName, AttributeType }));
}

export function keySchema(key: Key): readonly Readonly<Record<string, string>>[] {
  const partition = { AttributeName: key.partitionKey.name, KeyType: "HASH" };
  return key.sortKey === undefined ? [partition] : [partition, { AttributeName: key.sortKey.name, KeyType: "RANGE" }];
}

export function projection(index: SecondaryIndex): Readonly<Record<string, unknown>> {
  if (index.projection !== "INCLUDE") return { ProjectionType: index.projection };
  return { ProjectionType: index.projection, NonKeyAttributes: index.nonKeyAttributes };
}

const indexInput = (index: SecondaryIndex) => ({
  IndexName: index.name,
  KeySchema: keySchema(index),
  Projection: projection(index),
});

/** A kept table whose schema is another one is neither changed nor emptied: the user decides what becomes of it. */
function requireSameSchema(table: Table, existing: unknown, place: string): void {
  const wanted = schemaText(createTableInput(table));
  const found = schemaText(existing as Readonly<Record<string, unknown>>);
  if (wanted === found) return;
  throw new HarnessError(
    "DATA_DIRECTORY",
    `Table ${table.name} is kept in ${place} with other keys or indexes than the program now declares. ` +
      `Start with another data directory, or move this one away; nothing in it was changed.`,
  );
}

const byName = (name: string) => (left: object, right: object) =>
  String(Reflect.get(left, name)).localeCompare(String(Reflect.get(right, name)));

/** The parts of a description that make the schema, in one order. */
function schemaText(description: Readonly<Record<string, unknown>>): string {
  const list = (name: string) => (description[name] ?? []) as readonly Readonly<Record<string, unknown>>[];
  const indexes = (name: string) =>
    list(name)
      .map(({ IndexName, KeySchema, Projection }) => ({ IndexName, KeySchema, Projection: projectionText(Projection) }))
      .toSorted(byName("IndexName"));
  const pairs = (names: readonly string[]) => (entry: Readonly<Record<string, unknown>>) => names.map((n) => entry[n]);
  return JSON.stringify({
    attributes: list("AttributeDefinitions")
      .toSorted(byName("AttributeName"))
      .map(pairs(["AttributeName", "AttributeType"])),
    key: list("KeySchema").map(pairs(["AttributeName", "KeyType"])),
    global: indexes("GlobalSecondaryIndexes"),
    local: indexes("LocalSecondaryIndexes"),
  });
}

function projectionText(value: unknown): string {
  const { ProjectionType, NonKeyAttributes } = (value ?? {}) as Readonly<Record<string, unknown>>;
  const attributes = Array.isArray(NonKeyAttributes) ? NonKeyAttributes.toSorted() : [];
  return JSON.stringify([ProjectionType, attributes]);
}
