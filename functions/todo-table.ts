import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { textAt, valueAt } from "./http-event";
import { type HttpResponse, message, notFound } from "./http-response";
import type { Item } from "./todo";

export interface TodoTable {
  readonly sdk: typeof import("@aws-sdk/lib-dynamodb");
  readonly client: DynamoDBDocumentClient;
  readonly tableName: string;
}

/**
 * Connects to the table, once per cold start. The SDK is required here by its package name, because that is the copy in
 * Lambda's runtime: an import at the top of the file would be serialized as a path into the version installed at
 * deployment. A call that hangs is given up and tried again, and all tries end before the function's own ten seconds do.
 */
export function connectTodoTable(): TodoTable {
  const { DynamoDBClient } = require("@aws-sdk/client-dynamodb") as typeof import("@aws-sdk/client-dynamodb");
  const sdk = require("@aws-sdk/lib-dynamodb") as typeof import("@aws-sdk/lib-dynamodb");
  const tableName = process.env.TABLE_NAME;
  if (tableName === undefined || tableName === "") throw new Error("The environment variable TABLE_NAME is not set.");
  const client = new DynamoDBClient({
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true },
  });
  return { sdk, client: sdk.DynamoDBDocumentClient.from(client), tableName };
}

/**
 * What a failed write condition means, told apart by the row that DynamoDB returns with it: no row is 404, a row with
 * another version is 412. Anything else is thrown on. Errors are known by name: `instanceof` would tie the function to
 * one copy of the SDK.
 */
export function conditionRefusal(error: unknown): HttpResponse {
  if (!isConditionFailure(error)) throw error;
  return valueAt(error, "Item") === undefined ? notFound() : message(412, "Precondition Failed");
}

export function isConditionFailure(error: unknown): boolean {
  return textAt(error, "name") === "ConditionalCheckFailedException";
}

/**
 * The row that made a condition fail, when the call asked for it with `ReturnValuesOnConditionCheckFailure`. The document
 * client turns answers into plain values, but not errors.
 */
export function stored(error: unknown): Item | undefined {
  const { unmarshall } = require("@aws-sdk/util-dynamodb") as typeof import("@aws-sdk/util-dynamodb");
  const row = valueAt(error, "Item") as Parameters<typeof unmarshall>[0] | undefined;
  return row === undefined ? undefined : unmarshall(row);
}
