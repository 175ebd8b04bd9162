import type { DynamoDbCase, HttpCase, Row } from "../support/case.ts";
import { authorizerRows, refusalRows } from "./authorizer.ts";
import { corsRows } from "./cors.ts";
import { dynamoDbRows } from "./dynamodb.ts";
import { eventRows } from "./event.ts";
import { lambdaRows } from "./lambda.ts";
import { limitRows } from "./limits.ts";
import { responseRows } from "./response.ts";
import { routingRows } from "./routing.ts";

/** Everything that is known of AWS's behaviour in this area, with the cases that hold it. */
export const ROWS: readonly Row[] = [
  ...authorizerRows,
  ...refusalRows,
  ...eventRows,
  ...responseRows,
  ...routingRows,
  ...corsRows,
  ...limitRows,
  ...lambdaRows,
  ...dynamoDbRows,
];

export interface Identified<T> {
  /** `section/row/case`, unique. */
  readonly id: string;
  readonly row: Row;
  readonly case: T;
}

function isHttp(entry: HttpCase | DynamoDbCase): entry is HttpCase {
  return "send" in entry;
}

export const HTTP_CASES: readonly Identified<HttpCase>[] = ROWS.flatMap((row) =>
  row.cases.filter(isHttp).map((entry) => ({ id: `${row.id}/${entry.name}`, row, case: entry })),
);

export const DYNAMODB_CASES: readonly Identified<DynamoDbCase>[] = ROWS.flatMap((row) =>
  row.cases.flatMap((entry) => (isHttp(entry) ? [] : [{ id: `${row.id}/${entry.name}`, row, case: entry }])),
);
