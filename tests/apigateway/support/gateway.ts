import { randomBytes } from "node:crypto";
import { createGateway } from "../../../harness/apigateway/gateway.ts";
import type { GatewayOptions } from "../../../harness/apigateway/gateway-state.ts";
import { readHttpApis } from "../../../harness/apigateway/http-api-reader.ts";
import { faultCollector } from "../../../harness/faults.ts";
import { type HeaderList, type HttpRequest, type HttpResponse, headerValue } from "../../../harness/http.ts";
import { type JournalStep, memoryJournal } from "../../../harness/journal.ts";
import type { InvocationRequest, InvocationResult } from "../../../harness/lambda/invocation-types.ts";
import { ACCOUNT, type Changes, httpApiGraph, LOG_GROUP_ARN, REGION } from "./graph.ts";
import { NOW_SECONDS } from "./tokens.ts";

export const NOW_MILLISECONDS = NOW_SECONDS * 1000 + 359;

export interface Sent {
  readonly method?: string;
  readonly target?: string;
  readonly headers?: HeaderList;
  readonly body?: string | Buffer;
  readonly bodyTooLarge?: boolean;
}

export function httpRequest(sent: Sent, receivedAtMilliseconds = NOW_MILLISECONDS): HttpRequest {
  return {
    method: sent.method ?? "GET",
    target: sent.target ?? "/todos/42",
    headers: sent.headers ?? [["Host", "localhost:3000"]],
    body: Buffer.from(sent.body ?? ""),
    bodyTooLarge: sent.bodyTooLarge ?? false,
    sourceAddress: "203.0.113.7",
    receivedAtMilliseconds,
  };
}

/** A function of this process: its output is sent as JSON text, as Lambda would. */
type Handler = (event: Record<string, unknown>) => unknown;

export interface Served {
  readonly changes?: Changes;
  readonly handler?: Handler;
  readonly result?: (request: InvocationRequest) => InvocationResult | Promise<InvocationResult>;
  readonly options?: Partial<GatewayOptions>;
}

/** A real gateway over a graph, with a function of this process behind it. */
export function serve(served: Served = {}) {
  const collector = faultCollector();
  const api = readHttpApis(httpApiGraph(served.changes), collector)[0];
  if (api === undefined || collector.faults.length > 0) throw new Error(JSON.stringify(collector.faults));
  const time = { milliseconds: NOW_MILLISECONDS };
  const clock = { nowMilliseconds: () => time.milliseconds };
  const journal = memoryJournal(clock);
  const events: Record<string, unknown>[] = [];
  const invocations: InvocationRequest[] = [];
  const logged: string[] = [];
  const sources: string[] = [];
  const run = (request: InvocationRequest): InvocationResult => {
    const event = JSON.parse(request.payload);
    events.push(event);
    const output = (served.handler ?? (() => ({ statusCode: 200, body: "ok" })))(event);
    return { kind: "returned", payload: JSON.stringify(output ?? null), durationMilliseconds: 1 };
  };
  const handler = createGateway({
    api,
    accountId: ACCOUNT,
    region: REGION,
    findSigningKey: () => ({ kind: "unknown-kid" }),
    invoke: async (request) => {
      invocations.push(request);
      return (served.result ?? run)(request);
    },
    mayInvoke: (_, sourceArn) => {
      sources.push(sourceArn);
      return { kind: "Allowed", deciding: ["permission#0"], explain: () => [] };
    },
    journal,
    clock,
    randomBytes,
    writeAccessLog: (destinationArn, line) => {
      if (destinationArn === LOG_GROUP_ARN) logged.push(line);
    },
    ...served.options,
  });
  const send = async (sent: Sent = {}) => seen(await handler(httpRequest(sent, time.milliseconds)));
  const reasons = (step: JournalStep) =>
    journal.entries().flatMap((entry) => (entry.step === step ? [entry.reason] : []));
  return { handler, send, time, journal, events, invocations, logged, sources, reasons };
}

function seen(response: HttpResponse) {
  return {
    status: response.status,
    body: response.body.toString(),
    headers: response.headers,
    header: (name: string) => headerValue(response.headers, name),
    all: (name: string) =>
      response.headers.flatMap(([candidate, value]) => (candidate.toLowerCase() === name ? [value] : [])),
  };
}

/** An open route in place of the fixture's JWT one. */
export function openRoute(routeKey: string): Changes {
  return { route: { routeKey, authorizationType: "NONE", authorizerId: undefined, authorizationScopes: undefined } };
}
