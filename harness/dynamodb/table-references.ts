import { parseArn } from "../arn.ts";
import { type DynamoDbError, validationError } from "./errors.ts";
import type { Table } from "./tables.ts";

/** Where names without account and region belong, and which tables there are. */
export interface TableDirectory {
  readonly accountId: string;
  readonly region: string;
  byName(name: string): Table | undefined;
}

/** A table as a request names it. `table` is absent when the program has none of that name, account and region. */
export interface TableReference {
  readonly name: string;
  readonly arn: string;
  readonly table?: Table;
}

const NAME = /^[a-zA-Z0-9_.-]+$/;

/** Resolves a name or ARN; either may stand wherever the API takes a table's name. */
export function resolveTable(given: string | undefined, directory: TableDirectory): TableReference | DynamoDbError {
  if (given === undefined) return nullMember("tableName");
  if (given === "") return emptyTableName;
  if (given.startsWith("arn:")) return resolveArn(given, directory);
  if (!NAME.test(given)) return constraint(given, "satisfy regular expression pattern: [a-zA-Z0-9_.-]+");
  if (given.length < 3) return constraint(given, "have length greater than or equal to 3");
  if (given.length > 255) return constraint(given, "have length less than or equal to 255");
  const table = directory.byName(given);
  const arn = table?.arn ?? `arn:aws:dynamodb:${directory.region}:${directory.accountId}:table/${given}`;
  return { name: given, arn, ...(table === undefined ? {} : { table }) };
}

function resolveArn(given: string, directory: TableDirectory): TableReference | DynamoDbError {
  const arn = parseArn(given);
  const name = arn?.resource.startsWith("table/") ? arn.resource.slice("table/".length) : "";
  if (arn === undefined || arn.service !== "dynamodb" || !NAME.test(name)) {
    return validationError("Invalid table/index ARN");
  }
  const table = directory.byName(name);
  return { name, arn: given, ...(table?.arn === given ? { table } : {}) };
}

export const isReference = (value: TableReference | DynamoDbError): value is TableReference => "arn" in value;

export const nullMember = (name: string): DynamoDbError =>
  validationError(
    `1 validation error detected: Value null at '${name}' failed to satisfy constraint: Member must not be null`,
  );

export const emptyTableName: DynamoDbError = validationError(
  "1 validation error detected: Value at 'TableName' failed to satisfy constraint: Member must have length greater than or equal to 1",
);

const constraint = (value: string, rule: string): DynamoDbError =>
  validationError(
    `1 validation error detected: Value '${value}' at 'tableName' failed to satisfy constraint: Member must ${rule}`,
  );
