import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { textAt, valueAt } from "./http-event";
import { type HttpResponse, message, notFound } from "./http-response";
import type { Item } from "./todo";

export interface TodoTable {
  readonly sdk: typeof import("@aws-sdk/client-dynamodb");
  readonly client: DynamoDBClient;
  readonly tableName: string;
}

/**
 * Connects to the table, once per cold start. The SDK is required here by its package name, because that is the copy in
 * Lambda's runtime: an import at the top of the file would be serialized as a path into the version installed at
 * deployment. A call that hangs is given up and tried again, and all tries end before the function's own ten seconds do.
 */
export function connectTodoTable(): TodoTable {
  const sdk = require("@aws-sdk/client-dynamodb") as typeof import("@aws-sdk/client-dynamodb");
  const tableName = process.env.TABLE_NAME;
  if (tableName === undefined || tableName === "") throw new Error("The environment variable TABLE_NAME is not set.");
  const client = new sdk.DynamoDBClient({
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true },
  });
  return { sdk, client, tableName };
}

/**
 * What a failed write condition means, told apart by the row that DynamoDB returns with it: no row is 404, a row with
 * another version is 412. Anything else is thrown on. Errors are known by name: `instanceof` would tie the function to
 * one copy of the SDK.
 */
export function conditionRefusal(error: unknown): HttpResponse {
  if (!isConditionFailure(error)) throw error;
  return stored(error) === undefined ? notFound() : message(412, "Precondition Failed");
}

export function isConditionFailure(error: unknown): boolean {
  return textAt(error, "name") === "ConditionalCheckFailedException";
}

/** The row that made a condition fail, when the call asked for it with `ReturnValuesOnConditionCheckFailure`. */
export function stored(error: unknown): Item | undefined {
  return valueAt(error, "Item") as Item | undefined;
}
