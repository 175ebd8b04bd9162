import { DynamoDBClient } from "@aws-sdk/client-dynamodb";

const word = await Promise.resolve("awaited");

export const handler = async () => ({ word, sdk: typeof DynamoDBClient });
