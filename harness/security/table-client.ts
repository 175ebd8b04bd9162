import {
  type AttributeValue,
  DeleteItemCommand,
  DynamoDBClient,
  DynamoDBServiceException,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { systemClock } from "../clock.ts";
import type { Table } from "../dynamodb/tables.ts";
import { authorize } from "../iam/authorize.ts";
import type { Credentials } from "../iam/credentials.ts";
import type { AuthorizationRequest } from "../iam/decision-types.ts";
import type { Role } from "../iam/roles.ts";
import type { JsonObject } from "../json.ts";
import type { Trial } from "./check.ts";

/** @param clockOffset in milliseconds: signs as of another time than this machine's. */
export function tableClient(
  endpoint: string,
  region: string,
  credentials: Credentials,
  clockOffset = 0,
): DynamoDBClient {
  return new DynamoDBClient({ endpoint, region, credentials, maxAttempts: 1, systemClockOffset: clockOffset });
}

/** Puts a row as it stands, by whoever may. */
export async function putRow(client: DynamoDBClient, table: Table, row: JsonObject): Promise<void> {
  await client.send(new PutItemCommand({ TableName: table.name, Item: row as Record<string, AttributeValue> }));
}

/** Operations on a table, each with a key that nothing has. */
function operationsOn({ name: TableName, partitionKey, sortKey }: Table) {
  const attributeOf = (type: string) =>
    type === "N" ? { N: "0" } : type === "B" ? { B: Buffer.from([0]) } : { S: "nobody" };
  const Key = {
    [partitionKey.name]: attributeOf(partitionKey.type),
    ...(sortKey === undefined ? {} : { [sortKey.name]: attributeOf(sortKey.type) }),
  };
  return {
    GetItem: new GetItemCommand({ TableName, Key }),
    Query: new QueryCommand({
      TableName,
      KeyConditionExpression: "#k = :k",
      ExpressionAttributeNames: { "#k": partitionKey.name },
      ExpressionAttributeValues: { ":k": attributeOf(partitionKey.type) },
    }),
    Scan: new ScanCommand({ TableName }),
    PutItem: new PutItemCommand({ TableName, Item: Key }),
    UpdateItem: new UpdateItemCommand({ TableName, Key }),
    DeleteItem: new DeleteItemCommand({ TableName, Key }),
  } as const;
}

/** Tries what the role's policies do not allow. */
export async function refusals(
  client: DynamoDBClient,
  role: Role,
  table: Table,
  rows: () => Promise<string>,
): Promise<readonly Trial[]> {
  const trials: Trial[] = [];
  for (const [operation, command] of Object.entries(operationsOn(table))) {
    if (authorize(role.policies, requestOf(role, operation, table), systemClock).kind === "Allowed") continue;
    const before = await rows();
    const answer = await client.send(command as ScanCommand).then(
      () => "answered as if it were allowed",
      (error: unknown) => (error instanceof DynamoDBServiceException ? error.name : String(error)),
    );
    const held = answer === "AccessDeniedException" && before === (await rows());
    trials.push({
      attack: `${role.name}: ${operation} on ${table.name}`,
      verdict: held ? "held" : "breached",
      evidence: held ? "refused with AccessDeniedException" : answer,
    });
  }
  return trials;
}

function requestOf(role: Role, operation: string, { arn }: Table): AuthorizationRequest {
  const accountId = arn.split(":")[4] ?? "";
  return {
    principal: { kind: "role-session", roleArn: role.arn, sessionArn: `${role.arn}/trial`, accountId },
    action: `dynamodb:${operation}`,
    resourceArn: arn,
    context: { "aws:SecureTransport": "true" },
  };
}
