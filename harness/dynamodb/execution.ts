import { isJsonObject, type JsonObject, memberOf } from "../json.ts";
import { canonicalNumbers } from "./canonical-numbers.ts";
import type { DynamoDbEngine, EngineAnswer } from "./database.ts";
import { describeTable, describeTimeToLive, listTables, listTags } from "./declared-answers.ts";
import { type DynamoDbError, internalServerError, resourceNotFound } from "./errors.ts";
import type { Operation } from "./operations.ts";
import type { TableReference } from "./table-references.ts";
import type { Table } from "./tables.ts";
import { currentText } from "./validation-texts.ts";

/** An operation that IAM allowed and every check has passed. */
export interface Execution {
  readonly operation: Operation;
  readonly input: JsonObject;
  readonly references: readonly TableReference[];
  readonly tables: ReadonlyMap<string, Table>;
  readonly engine: DynamoDbEngine;
  readonly createdAtMilliseconds: number;
}

interface Answer {
  readonly status: number;
  readonly body: string | Buffer;
}

/** Carries the operation out. An engine that fails is a 500, which SDKs retry; `onFailure` is told why. */
export async function execute(
  execution: Execution,
  onFailure: (reason: string) => void,
): Promise<Answer | DynamoDbError> {
  try {
    return execution.operation.handling.kind === "declared"
      ? await declare(execution)
      : await pass(execution, onFailure);
  } catch (error) {
    onFailure(error instanceof Error ? error.message : String(error));
    return internalServerError();
  }
}

async function declare(execution: Execution): Promise<Answer | DynamoDbError> {
  const { operation, input, references, tables } = execution;
  if (operation.name === "ListTables") return encode(listTables([...tables.keys()], input));
  const table = references[0]?.table;
  if (table === undefined) return resourceNotFound();
  if (operation.name === "DescribeTimeToLive") return encode(describeTimeToLive(table));
  if (operation.name === "ListTagsOfResource") return encode(listTags(table));
  const answer = await execution.engine.call("DescribeTable", JSON.stringify({ TableName: table.name }));
  const counted = JSON.parse(answer.body.toString()) as { readonly Table?: JsonObject };
  const counts = { items: Number(counted.Table?.ItemCount ?? 0), bytes: Number(counted.Table?.TableSizeBytes ?? 0) };
  return encode(describeTable(table, counts, execution.createdAtMilliseconds));
}

const encode = (answer: JsonObject | DynamoDbError): Answer | DynamoDbError =>
  "type" in answer && "members" in answer ? (answer as DynamoDbError) : { status: 200, body: JSON.stringify(answer) };

async function pass(execution: Execution, onFailure: (reason: string) => void): Promise<Answer | DynamoDbError> {
  const { operation, engine } = execution;
  const named = nameTables(execution.input, execution.references);
  const answer = await engine.call(operation.name, JSON.stringify(canonicalNumbers(named.input)));
  if (answer.status === 200) return named.restore === undefined ? answer : restoreNames(answer, named.restore);
  if (answer.status >= 400 && answer.status < 500) return { status: 400, body: reworded(answer.body) };
  onFailure(`the engine answered ${answer.status}`);
  return internalServerError();
}

/** An engine's refusal, with the text that DynamoDB has today. */
function reworded(body: Buffer): string | Buffer {
  const refusal: unknown = JSON.parse(body.toString());
  if (!isJsonObject(refusal) || typeof refusal.message !== "string") return body;
  const message = currentText(refusal.message);
  return message === refusal.message ? body : JSON.stringify({ ...refusal, message });
}

interface Named {
  readonly input: JsonObject;
  /** From a table's name to what the request called it, where that differs. */
  readonly restore?: ReadonlyMap<string, string>;
}

/** Engines know tables by name only: ARNs are replaced, and put back into answers that are keyed by table. */
function nameTables(input: JsonObject, references: readonly TableReference[]): Named {
  const { TableName: table, RequestItems: requests, TransactItems: actions } = input;
  const nameOf = (given: unknown) => references.find((reference) => reference.arn === given)?.name ?? given;
  if (typeof table === "string")
    return { input: table.startsWith("arn:") ? { ...input, TableName: nameOf(table) } : input };
  if (isJsonObject(requests)) {
    const given = Object.keys(requests).filter((name) => name.startsWith("arn:"));
    if (given.length === 0) return { input };
    const renamed = Object.entries(requests).map(([name, request]) => [String(nameOf(name)), request] as const);
    const restore = new Map(given.map((arn) => [String(nameOf(arn)), arn]));
    return { input: { ...input, RequestItems: Object.fromEntries(renamed) }, restore };
  }
  if (!Array.isArray(actions)) return { input };
  return { input: { ...input, TransactItems: actions.map((action) => nameAction(action as JsonObject, nameOf)) } };
}

function nameAction(action: JsonObject, nameOf: (given: unknown) => unknown): JsonObject {
  return Object.fromEntries(
    Object.entries(action).map(([verb, content]) => {
      const part = content as JsonObject;
      return [verb, { ...part, TableName: nameOf(part.TableName) }];
    }),
  );
}

function restoreNames(answer: EngineAnswer, restore: ReadonlyMap<string, string>): Answer {
  const body = JSON.parse(answer.body.toString()) as JsonObject;
  const renamed = Object.entries(body).map(([name, content]) => {
    if (!["Responses", "UnprocessedKeys", "UnprocessedItems"].includes(name) || !isJsonObject(content))
      return [name, content];
    const tables = Object.keys(content).map((table) => [restore.get(table) ?? table, memberOf(content, table)]);
    return [name, Object.fromEntries(tables)];
  });
  return { status: 200, body: JSON.stringify(Object.fromEntries(renamed)) };
}
