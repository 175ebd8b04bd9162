/**
 * What the harness is measured against: a plain node:http server that verifies the token with jose and makes the same
 * DynamoDB call through the SDK on the same engine. One thread, no gateway rules, no policies, no isolation.
 */
import { Agent, createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, PutCommand, QueryCommand } from "@aws-sdk/lib-dynamodb";
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from "jose";
import { startEngine } from "../harness/dynamodb/engine.ts";

const [jwksUrl = "", issuer = ""] = process.argv.slice(2);
const keys = createLocalJWKSet((await (await fetch(jwksUrl)).json()) as JSONWebKeySet);
const engine = await startEngine({ engine: { kind: "auto" }, log: () => {} });
const partitionKey = { name: "userId", type: "S" } as const;
const sortKey = { name: "todoId", type: "S" } as const;
const table = { name: "floor", arn: "arn:aws:dynamodb:us-east-1:123456789012:table/floor", partitionKey, sortKey };
await engine.createTables([
  {
    ...table,
    billingMode: "PAY_PER_REQUEST",
    provisioned: { read: 0, write: 0 },
    indexes: [],
    deletionProtection: false,
    tags: {},
  },
]);
const { address } = engine;
const endpoint = "path" in address ? "http://localhost" : `http://${address.host}:${address.port}`;
const credentials = { accessKeyId: "floor", secretAccessKey: "floor" };
const httpAgent = new Agent({ keepAlive: true, maxSockets: 50, ...("path" in address ? { path: address.path } : {}) });
const client = new DynamoDBClient({ endpoint, region: "us-east-1", credentials, requestHandler: { httpAgent } });
const documents = DynamoDBDocumentClient.from(client);

async function userOf(request: IncomingMessage): Promise<string | undefined> {
  const token = request.headers.authorization?.replace(/^Bearer /, "");
  if (token === undefined) return undefined;
  const { payload } = await jwtVerify(token, keys, { issuer, algorithms: ["RS256"] });
  return payload.sub;
}

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>;
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}

async function list(userId: string): Promise<unknown> {
  const { Items } = await documents.send(
    new QueryCommand({
      TableName: table.name,
      KeyConditionExpression: "#u = :u",
      ExpressionAttributeNames: { "#u": "userId" },
      ExpressionAttributeValues: { ":u": userId },
      ConsistentRead: true,
      Limit: 26,
    }),
  );
  return { items: Items };
}

let counter = 0;

async function create(userId: string, request: IncomingMessage): Promise<unknown> {
  const now = new Date().toISOString();
  counter += 1;
  const Item = {
    userId,
    todoId: String(counter).padStart(12, "0"),
    ...(await bodyOf(request)),
    completed: false,
    createdAt: now,
    updatedAt: now,
    version: 1,
  };
  await documents.send(
    new PutCommand({ TableName: table.name, Item, ConditionExpression: "attribute_not_exists(todoId)" }),
  );
  return Item;
}

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const userId = await userOf(request).catch(() => undefined);
  if (userId === undefined) answer(response, 401, { message: "Unauthorized" });
  else if (request.method === "POST") answer(response, 201, await create(userId, request));
  else answer(response, 200, await list(userId));
}

const server = createServer((request, response) => {
  serve(request, response).catch(() => answer(response, 500, {}));
});
server.listen(0, "127.0.0.1", () => {
  console.log(JSON.stringify({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }));
});
process.once("SIGINT", async () => {
  await engine.close();
  process.exit(0);
});
