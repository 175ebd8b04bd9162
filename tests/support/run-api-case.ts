import { randomUUID } from "node:crypto";
import { expect } from "vitest";
import type { ApiCase, Step } from "../functions/api-cases.ts";
import type { TodoDatabase } from "./todo-database.ts";
import { type RouteKey, todoEvent } from "./todo-event.ts";

export interface Response {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export type TodoHandler = (event: unknown) => Promise<Response>;
export type TodoHandlers = Readonly<Record<RouteKey, TodoHandler>>;

type Saved = Map<string, string>;

/** Runs the steps in order, with two users of this case's own, and checks what each step says. */
export async function runApiCase({ steps }: ApiCase, handlers: TodoHandlers, database: TodoDatabase): Promise<void> {
  const run = randomUUID();
  const saved: Saved = new Map();
  database.takeCalls();
  for (const step of steps) {
    const sub = `${step.as ?? "ana"}-${run}`;
    const response = await handlers[step.call](stepEvent(step, sub, saved));
    const calls = database.takeCalls();
    expect({ step, status: response.statusCode, body: response.body }).toMatchObject({ status: step.status });
    expect(calls.map(({ operation }) => operation)).toEqual(step.table);
    for (const { input } of calls) expectOwnPartition(input, sub);
    checkResponse(step, response, saved);
  }
}

function stepEvent(step: Step, sub: string, saved: Saved): object {
  const resolved = (texts: Step["query"]) =>
    texts && Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, resolve(text, saved)]));
  const event = todoEvent({
    call: step.call,
    sub,
    id: step.id === undefined ? undefined : resolve(step.id, saved),
    query: resolved(step.query),
    headers: step.headers,
    body: stepBody(step),
    isBase64Encoded: step.bytes !== undefined,
  });
  return { ...event, ...step.event };
}

function stepBody({ json, text, bytes }: Step): string | undefined {
  if (bytes !== undefined) return Buffer.from(bytes as Uint8Array).toString("base64");
  return json === undefined ? text : JSON.stringify(json);
}

function resolve(text: string, saved: Saved): string {
  return text.startsWith("$") ? (saved.get(text.slice(1)) ?? text) : text;
}

/** Whatever the request said, the partition that DynamoDB is asked about is the caller's. */
function expectOwnPartition(input: Readonly<Record<string, unknown>>, sub: string): void {
  const key = (input.Key ?? input.Item ?? input.ExclusiveStartKey) as Record<string, unknown> | undefined;
  if (key !== undefined) expect(key.userId).toEqual({ S: sub });
  if (input.KeyConditionExpression !== undefined) {
    expect(input.ExpressionAttributeValues).toEqual({ ":userId": { S: sub } });
  }
}

function checkResponse(step: Step, response: Response, saved: Saved): void {
  expect(response.headers).toMatchObject(step.responseHeaders ?? {});
  if (step.status === 204) expect(response).not.toHaveProperty("body");
  else checkAnswer(step, response, saved);
}

function checkAnswer(step: Step, response: Response, saved: Saved): void {
  const answer = JSON.parse(response.body ?? "") as Record<string, unknown>;
  expect(response.body).not.toContain('userId":');
  const expected = JSON.parse(JSON.stringify(step.answer ?? {}), (_key, value: unknown) =>
    typeof value === "string" ? resolve(value, saved) : value,
  ) as Record<string, unknown>;
  expect(answer).toMatchObject(expected);
  for (const field of step.without ?? []) expect(answer).not.toHaveProperty(field);
  if (step.status === 404) expect(response.body).toBe('{"message":"Not Found"}');
  if (step.status === 400) expectErrors(answer, step.errors ?? []);
  if (step.status === 201) expect(response.headers.location).toBe(`/todos/${answer.todoId}`);
  if (step.save !== undefined) saved.set(step.save, String(answer.nextCursor ?? answer.todoId));
}

function expectErrors(answer: Readonly<Record<string, unknown>>, fields: readonly string[]): void {
  const errors = answer.errors as readonly { readonly field: string; readonly message: string }[];
  expect(answer.message).toMatch(/\.$/);
  expect(errors.map(({ field }) => field)).toEqual(fields);
  for (const { message } of errors) expect(message).toMatch(/^\S.+/);
}
