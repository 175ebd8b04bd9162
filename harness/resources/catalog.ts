import type { ResourceType, ResourceTypes } from "./resource-type.ts";
import { APIGATEWAYV2_TYPES } from "./types/apigatewayv2.ts";
import { COGNITO_TYPES } from "./types/cognito.ts";
import { DYNAMODB_TYPES } from "./types/dynamodb.ts";
import { IAM_TYPES } from "./types/iam.ts";
import { INERT_TYPES } from "./types/inert.ts";
import { LAMBDA_TYPES } from "./types/lambda.ts";
import { RANDOM_TYPES } from "./types/random.ts";
import { REST_API_TYPES } from "./types/rest-api.ts";
import { S3_TYPES } from "./types/s3.ts";

const TABLES: readonly ResourceTypes[] = [
  APIGATEWAYV2_TYPES,
  COGNITO_TYPES,
  DYNAMODB_TYPES,
  IAM_TYPES,
  INERT_TYPES,
  LAMBDA_TYPES,
  RANDOM_TYPES,
  REST_API_TYPES,
  S3_TYPES,
];

/** Every resource type that the harness knows, by Pulumi's type token. A type without a row is refused. */
export const RESOURCE_TYPES: ReadonlyMap<string, ResourceType> = new Map(TABLES.flatMap(Object.entries<ResourceType>));

/** Why a program with a resource of this type is not served; `undefined` when it is. */
export function typeFault(type: string): string | undefined {
  const row = RESOURCE_TYPES.get(type);
  if (row === undefined) return "This resource type is unknown to the harness and therefore refused; remove it.";
  return row.kind === "refused" ? `This resource type is refused: ${row.because}; ${row.remedy}.` : undefined;
}
