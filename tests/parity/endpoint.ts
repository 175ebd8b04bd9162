import { systemClock } from "../../harness/clock.ts";
import type { Table } from "../../harness/dynamodb/tables.ts";
import { type HttpRequest, type HttpResponse, headerValue } from "../../harness/http.ts";
import { listen } from "../../harness/http-server.ts";
import { region, type StartedEngine, startGate } from "../dynamodb/support/gate.ts";
import { type CreateTableInput, tableOf } from "./table-input.ts";

export interface Endpoint {
  /** What the suite's process finds in its environment. */
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** The harness's gate for a suite that makes its own tables: CreateTable and DeleteTable stand for the program that
 * declares them. Every other request goes to the gate as it came, signature and all. */
export async function startEndpoint(kind: StartedEngine): Promise<Endpoint> {
  const running = await startGate(kind, []);
  const tables = new Map<string, Table>();
  const declare = () => running.gate.reconfigure([...tables.values()], { byArn: () => undefined });
  const change: Readonly<Record<string, (input: CreateTableInput) => Promise<HttpResponse>>> = {
    async CreateTable(input) {
      if (tables.has(input.TableName)) return refused("ResourceInUseException", "Table already exists");
      tables.set(input.TableName, tableOf(input));
      try {
        await declare();
      } catch (error) {
        tables.delete(input.TableName);
        throw error;
      }
      return described(input.TableName, "CREATING");
    },
    async DeleteTable({ TableName: name }) {
      if (!tables.delete(name)) return refused("ResourceNotFoundException", "Requested resource not found");
      await declare();
      await running.engine.call("DeleteTable", JSON.stringify({ TableName: name }));
      return described(name, "DELETING");
    },
  };
  let previous: Promise<unknown> = Promise.resolve();
  const listener = await listen({
    name: "DynamoDB",
    port: 0,
    clock: systemClock,
    maximumBodyBytes: 17 * 1024 * 1024,
    onDefect: (error) => {
      throw error;
    },
    handler: (request) => {
      const made = change[operationOf(request)];
      if (made === undefined) return running.gate.handle(request);
      // One change at a time: each declares all tables.
      const answer = previous.then(() => made(JSON.parse(request.body.toString()))).catch(invalid);
      previous = answer;
      return answer;
    },
  });
  const { accessKeyId, secretAccessKey } = running.credentials.administrator;
  return {
    environment: {
      DYNAMODB_ENDPOINT: listener.url,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
    },
    async close() {
      await listener.close(0);
      await running.close();
    },
  };
}

function operationOf(request: HttpRequest): string {
  return headerValue(request.headers, "x-amz-target")?.split(".")[1] ?? "";
}

function answer(status: number, body: object): HttpResponse {
  return { status, headers: [["content-type", "application/x-amz-json-1.0"]], body: JSON.stringify(body) };
}

function described(name: string, status: string): HttpResponse {
  return answer(200, { TableDescription: { TableName: name, TableStatus: status } });
}

function refused(name: string, message: string): HttpResponse {
  return answer(400, { __type: `com.amazonaws.dynamodb.v20120810#${name}`, message });
}

/** A request that makes no table; whether DynamoDB says so in these words is not what is measured. */
function invalid(error: unknown): HttpResponse {
  const message = error instanceof Error ? error.message : String(error);
  return answer(400, { __type: "com.amazon.coral.validate#ValidationException", message });
}
