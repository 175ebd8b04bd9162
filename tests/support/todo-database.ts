import { systemClock } from "../../harness/clock.ts";
import { startEngine } from "../../harness/dynamodb/engine.ts";
import { type HttpRequest, type HttpResponse, headerValue } from "../../harness/http.ts";
import { listen } from "../../harness/http-server.ts";

/** One call that a handler made to DynamoDB. */
export interface TableCall {
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/**
 * A real DynamoDB engine with the todo table, behind an endpoint that keeps what it was asked. Calls for a user named
 * `fails-with-<error>` are answered with that error.
 */
export interface TodoDatabase {
  readonly url: string;
  readonly tableName: string;
  /** The calls since it was last asked. */
  takeCalls(): readonly TableCall[];
  /** Does what the next calls ask, and then answers that it failed, which the SDK takes as a reason to ask again. */
  loseAnswers(count: number): void;
  /** Does something just before the next call is done, as another caller might. */
  beforeNextCall(meddle: (call: TableCall) => Promise<unknown>): void;
  /** One operation, past the record. */
  call(operation: string, input: object): Promise<unknown>;
  close(): Promise<void>;
}

export const tableName = "todos-0a1b2c3";

const table = {
  name: tableName,
  arn: `arn:aws:dynamodb:eu-west-1:123456789012:table/${tableName}`,
  partitionKey: { name: "userId", type: "S" },
  sortKey: { name: "todoId", type: "S" },
  billingMode: "PAY_PER_REQUEST",
  provisioned: { read: 0, write: 0 },
  indexes: [],
  deletionProtection: false,
  tags: {},
} as const;

export async function startTodoDatabase(kind: "auto" | "dynalite"): Promise<TodoDatabase> {
  const engine = await startEngine({ engine: { kind }, log: () => {} });
  await engine.createTables([table]);
  let calls: TableCall[] = [];
  let answersToLose = 0;
  let meddle: ((call: TableCall) => Promise<unknown>) | undefined;

  const handler = async (request: HttpRequest): Promise<HttpResponse> => {
    const operation = headerValue(request.headers, "x-amz-target")?.split(".")[1] ?? "";
    const body = request.body.toString();
    const call = { operation, input: JSON.parse(body) as TableCall["input"] };
    calls.push(call);
    const headers = [["content-type", "application/x-amz-json-1.0"]] as const;
    const failure = /fails-with-([A-Za-z.]+)/.exec(body)?.[1];
    if (failure !== undefined) return { status: 400, headers, body: errorBody(failure) };
    const meddler = meddle;
    meddle = undefined;
    await meddler?.(call);
    const answer = await engine.call(operation, body);
    if (answersToLose === 0) return { headers, ...answer };
    answersToLose -= 1;
    return { status: 500, headers, body: errorBody("InternalServerError") };
  };
  const listener = await listen({ name: "DynamoDB", port: 0, handler, clock: systemClock, onDefect: console.error });

  return {
    url: listener.url,
    tableName,
    takeCalls() {
      const taken = calls;
      calls = [];
      return taken;
    },
    beforeNextCall(next) {
      meddle = next;
    },
    loseAnswers(count) {
      answersToLose = count;
    },
    call: async (operation, input) => JSON.parse((await engine.call(operation, JSON.stringify(input))).body.toString()),
    async close() {
      await listener.close(0);
      await engine.close();
    },
  };
}

function errorBody(name: string): string {
  return JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${name}`, message: "from the service, secret" });
}

/** The environment that Lambda gives to a function of the stack. */
export function functionEnvironment(database: TodoDatabase): Readonly<Record<string, string>> {
  return {
    AWS_REGION: "eu-west-1",
    AWS_ACCESS_KEY_ID: "ASIAEXAMPLE",
    AWS_SECRET_ACCESS_KEY: "example",
    AWS_SESSION_TOKEN: "example",
    AWS_ENDPOINT_URL: database.url,
    TABLE_NAME: database.tableName,
  };
}
