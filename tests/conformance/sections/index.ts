import type { DynamoDbCase, HttpCase, Row, TestedCase } from "../support/case.ts";
import { authorizerRows, refusalRows } from "./authorizer.ts";
import { cognitoRows } from "./cognito.ts";
import { corsRows } from "./cors.ts";
import { dynamoDbRows } from "./dynamodb.ts";
import { evaluationRows } from "./evaluation.ts";
import { eventRows } from "./event.ts";
import { formatOneRows } from "./format-1.ts";
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
  ...formatOneRows,
  ...routingRows,
  ...corsRows,
  ...limitRows,
  ...lambdaRows,
  ...dynamoDbRows,
  ...cognitoRows,
  ...evaluationRows,
];

export interface Identified<T> {
  /** `section/row/case`, unique. */
  readonly id: string;
  readonly row: Row;
  readonly case: T;
}

type Case = HttpCase | DynamoDbCase | TestedCase;

function casesWith<T extends Case>(isOne: (entry: Case) => entry is T): readonly Identified<T>[] {
  return ROWS.flatMap((row) =>
    row.cases.filter(isOne).map((entry) => ({ id: `${row.id}/${entry.name}`, row, case: entry })),
  );
}

export const HTTP_CASES = casesWith((entry): entry is HttpCase => "send" in entry);
export const DYNAMODB_CASES = casesWith((entry): entry is DynamoDbCase => "operation" in entry);
export const TESTED_CASES = casesWith((entry): entry is TestedCase => "test" in entry);
