import type { Response } from "supertest";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Call, call, create } from "../end-to-end/support/calls.ts";
import { newPerson, type Person } from "../end-to-end/support/people.ts";
import { type Served, serveProgram } from "../end-to-end/support/served.ts";
import { readOpenApi } from "./openapi-document.ts";

const api = readOpenApi();

/** Answers that no single request can provoke: the stage's limits, and failures behind the function. */
const notProvoked = ["429", "500", "503"];

interface Case {
  readonly operation: string;
  readonly status: number;
  /** Who asks: with an access token unless another is named. */
  readonly as?: "nobody" | "id token";
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: string;
  readonly json?: unknown;
  /** The id in the path; an existing todo's unless named. */
  readonly todoId?: string;
}

const missing = "01a2117b-b4d0-74fa-a6c0-0a681dab2c39";
const stale = { "if-match": '"99"' };
const malformed = { "if-match": "99" };
const large = { title: "x".repeat(17_000) };

const bodies = [...api.operations].flatMap(([operation, { requestBody, responses }]): Case[] => {
  const examples = Object.values(requestBody?.content["application/json"].examples ?? {});
  const status = Number(Object.keys(responses).find((code) => code.startsWith("2")));
  return examples.map((example) => ({ operation, status, json: api.example(example) }));
});

const cases: readonly Case[] = [
  ...bodies,
  { operation: "POST /todos", status: 400, json: {} },
  { operation: "POST /todos", status: 413, json: large },
  { operation: "GET /todos", status: 200 },
  { operation: "GET /todos", status: 200, query: "?limit=1" },
  { operation: "GET /todos", status: 400, query: "?limit=0" },
  { operation: "GET /todos/{todoId}", status: 200 },
  { operation: "GET /todos/{todoId}", status: 404, todoId: missing },
  { operation: "PUT /todos/{todoId}", status: 400, json: { title: "" } },
  { operation: "PUT /todos/{todoId}", status: 404, todoId: missing, json: { completed: true } },
  { operation: "PUT /todos/{todoId}", status: 412, headers: stale, json: { completed: true } },
  { operation: "PUT /todos/{todoId}", status: 413, json: large },
  { operation: "DELETE /todos/{todoId}", status: 400, headers: malformed },
  { operation: "DELETE /todos/{todoId}", status: 404, todoId: missing },
  { operation: "DELETE /todos/{todoId}", status: 412, headers: stale },
  { operation: "DELETE /todos/{todoId}", status: 204 },
  ...[...api.operations.keys()].flatMap((operation): Case[] => [
    { operation, status: 401, as: "nobody" },
    { operation, status: 403, as: "id token" },
  ]),
];

describe("the OpenAPI document and the local gateway", () => {
  let served: Served;
  let person: Person;
  beforeAll(async () => {
    served = await serveProgram();
    person = await newPerson(served, "contract@example.com");
  });
  afterAll(() => served?.close());

  test("have the same operations", () => {
    const routes = served.model().apis.flatMap(({ routes: all }) => all.map(({ routeKey }) => String(routeKey)));
    const keys = served
      .model()
      .program.graph.ofType("aws:apigatewayv2/route:Route")
      .map(({ inputs }) => inputs.routeKey);
    expect([...api.operations.keys()].sort()).toEqual([...keys].sort());
    expect(routes).toHaveLength(keys.length);
  });

  test("every documented answer has a request that gets it", () => {
    const documented = [...api.operations].flatMap(([operation, { responses }]) =>
      Object.keys(responses)
        .filter((status) => !notProvoked.includes(status))
        .map((status) => `${operation}: ${status}`),
    );
    expect(documented.filter((answer) => !cases.some((one) => `${one.operation}: ${one.status}` === answer))).toEqual(
      [],
    );
  });

  test.each(cases.map((one) => [`${one.operation}: ${one.status}`, one] as const))("%s", async (_name, one) => {
    const response = await send(one);
    expect(response.status).toBe(one.status);
    const operation = api.operations.get(one.operation);
    const documented = api.response(operation?.responses[String(one.status)] ?? {});
    for (const header of Object.keys(documented.headers ?? {}))
      expect(response.headers).toHaveProperty(header.toLowerCase());
    const content = documented.content?.["application/json"];
    if (content === undefined) return expect(response.text).toBe("");
    const validate = api.schema(content.schema.$ref);
    expect(validate(response.body), JSON.stringify(validate.errors)).toBe(true);
    // An error's example is the very answer; a todo's has its own id and times.
    const [example] = Object.values(content.examples ?? {});
    if (one.status > 400 && example !== undefined) expect(response.body).toEqual(api.example(example));
  });

  async function send({ operation, as, headers = {}, query = "", json, todoId }: Case): Promise<Response> {
    const [method = "", path = ""] = operation.split(" ");
    const id = todoId ?? (path.includes("{") ? (await create(served, person.accessToken, "One")).todoId : "");
    const token = as === "nobody" ? undefined : as === "id token" ? person.idToken : person.accessToken;
    return call(served, {
      method: method as Call["method"],
      path: `${path.replace("{todoId}", id)}${query}`,
      headers,
      ...(token === undefined ? {} : { token }),
      ...(json === undefined ? {} : { json }),
    });
  }
});
