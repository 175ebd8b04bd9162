import { request as httpRequest } from "node:http";
import supertest from "supertest";
import type { JournalEntry } from "../../../harness/journal.ts";
import type { Invocation } from "../../../harness/lambda/invocation-types.ts";
import type { Served } from "./served.ts";

export type Method = "GET" | "POST" | "PUT" | "DELETE" | "PATCH" | "OPTIONS";

export interface Call {
  readonly method: Method;
  readonly path: string;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
}

export function call(served: Served, { method, path, token, headers = {}, json }: Call): supertest.Test {
  const agent = supertest(served.apiUrl);
  const test = agent[method.toLowerCase() as "get"](path).set(headers);
  if (token !== undefined) test.set("authorization", `Bearer ${token}`);
  return json === undefined ? test : test.set("content-type", "application/json").send(JSON.stringify(json));
}

export interface Todo {
  readonly todoId: string;
  readonly title: string;
  readonly version: number;
  readonly [field: string]: unknown;
}

export async function create(served: Served, token: string, title: string): Promise<Todo> {
  const response = await call(served, { method: "POST", path: "/todos", token, json: { title } }).expect(201);
  return response.body as Todo;
}

export interface RawResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** A request whose path goes onto the wire as it stands: `#`, `..` and `//` included. */
export function rawCall(served: Served, { method, path, token, headers = {}, json }: Call): Promise<RawResponse> {
  const { port, hostname } = new URL(served.apiUrl);
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const type = json === undefined ? {} : { "content-type": "application/json" };
  return new Promise((resolve, reject) => {
    const request = httpRequest({ port, hostname, method, path, headers: { ...type, ...authorization, ...headers } });
    request.once("error", reject);
    request.once("response", (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.once("end", () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers as Record<string, string>,
          text: Buffer.concat(chunks).toString(),
        }),
      );
    });
    request.end(json === undefined ? undefined : JSON.stringify(json));
  });
}

/** What the harness knows of one answered request. */
export interface Trace {
  readonly entries: readonly JournalEntry[];
  readonly invocations: readonly Invocation[];
}

export function traceOf(served: Served, headers: Readonly<Record<string, string>>): Trace {
  const requestId = headers["apigw-requestid"];
  if (requestId === undefined) throw new Error("the response has no request id");
  return {
    entries: served.journal.entries(requestId),
    invocations: served.invocations().filter((invocation) => invocation.requestId === requestId),
  };
}

/** A user's rows as the engine holds them, in one text to be compared byte for byte. */
export async function rowsOf(served: Served, sub: string): Promise<string> {
  const rows = await served.rawItems(served.tableName);
  const own = rows.filter(({ userId }) => JSON.stringify(userId) === JSON.stringify({ S: sub }));
  return own
    .map((row) => JSON.stringify(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1))))
    .sort()
    .join("\n");
}
