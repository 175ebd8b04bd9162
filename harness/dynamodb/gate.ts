import { randomUUID } from "node:crypto";
import type { Clock } from "../clock.ts";
import { type HttpHandler, type HttpRequest, type HttpResponse, headerValue } from "../http.ts";
import type { CredentialSession } from "../iam/credentials.ts";
import type { AuthorizationRequest } from "../iam/decision-types.ts";
import type { Roles } from "../iam/roles.ts";
import type { VerifySignature } from "../iam/signature.ts";
import { decideAccess } from "../iam/signed-access.ts";
import type { Journal } from "../journal.ts";
import { isJsonObject, type JsonObject } from "../json.ts";
import type { DynamoDbEngine } from "./database.ts";
import {
  accessDenied,
  coralError,
  type DynamoDbError,
  errorName,
  errorResponse,
  jsonResponse,
  resourceNotFound,
  serializationError,
  unknownOperation,
} from "./errors.ts";
import { type Execution, execute } from "./execution.ts";
import { rememberedExpressionFacts } from "./expression-facts.ts";
import { accessOf, type IamRequest } from "./iam-requests.ts";
import type { GateObservation, ObserveGate } from "./observation.ts";
import { OPERATIONS, type Operation } from "./operations.ts";
import { checkRequest } from "./request-checks.ts";
import { readShape } from "./shapes.ts";
import type { Table } from "./tables.ts";
import type { TargetEnvironment } from "./target-facts.ts";

export interface DynamoDbGateOptions {
  readonly tables: readonly Table[];
  readonly engine: DynamoDbEngine;
  readonly roles: Pick<Roles, "byArn">;
  readonly verifySignature: VerifySignature;
  readonly clock: Clock;
  readonly journal: Journal;
  readonly accountId: string;
  readonly region: string;
  /** One line for the user: the engine failed. Never holds an item. */
  readonly log: (line: string) => void;
  /** Makes `x-amzn-requestid`; random unless given. */
  readonly newRequestId?: () => string;
  /** Told of every signed operation on items; nobody is unless given. */
  readonly observe?: ObserveGate;
}

export interface DynamoDbGate {
  /** Answers every request whose `X-Amz-Target` is DynamoDB's. Never rejects. */
  readonly handle: HttpHandler;
  /**
   * Serves other tables under other roles from the next request on. The tables are made first; rejects, and changes
   * nothing, when one is kept with another schema. A table that left stays in the engine and is out of reach.
   */
  reconfigure(tables: readonly Table[], roles: Pick<Roles, "byArn">): Promise<void>;
  /** Every item of a table as the engine holds it, for tests and tools: no policy is asked. */
  rawItems(tableName: string): Promise<readonly JsonObject[]>;
}

interface Configuration {
  readonly tables: ReadonlyMap<string, Table>;
  readonly roles: Pick<Roles, "byArn">;
  readonly environment: TargetEnvironment;
}

/** The quota for a request's body. */
const MAXIMUM_BODY_BYTES = 16 * 1024 * 1024;
const TARGET_PREFIX = "DynamoDB_20120810.";

/** DynamoDB's front door: who signed, what that amounts to in IAM, whether it is allowed, and only then the engine. */
export function createDynamoDbGate(options: DynamoDbGateOptions): DynamoDbGate {
  const startedAtMilliseconds = options.clock.nowMilliseconds();
  const readFacts = rememberedExpressionFacts();
  const newRequestId = options.newRequestId ?? requestIds();
  const configure = (tables: readonly Table[], roles: Pick<Roles, "byArn">): Configuration => {
    const byName = new Map(tables.map((table) => [table.name, table]));
    const { accountId, region } = options;
    return {
      tables: byName,
      roles,
      environment: { accountId, region, readFacts, byName: (name) => byName.get(name) },
    };
  };
  let configuration = configure(options.tables, options.roles);

  const handle = async (request: HttpRequest): Promise<HttpResponse> => {
    const requestId = newRequestId();
    const call: Call = { request, requestId, options, configuration, startedAtMilliseconds };
    const outcome = await respond(call);
    return "type" in outcome
      ? errorResponse(requestId, outcome)
      : jsonResponse(requestId, outcome.status, outcome.body);
  };
  return {
    handle,
    async reconfigure(tables, roles) {
      await options.engine.createTables(tables);
      configuration = configure(tables, roles);
    },
    rawItems: (tableName) => rawItems(options.engine, tableName),
  };
}

interface Call {
  readonly request: HttpRequest;
  readonly requestId: string;
  readonly options: DynamoDbGateOptions;
  readonly configuration: Configuration;
  readonly startedAtMilliseconds: number;
}

interface Answer {
  readonly status: number;
  readonly body: string | Buffer;
}

async function respond(call: Call): Promise<Answer | DynamoDbError> {
  const { request, options } = call;
  const refusal = refuseTransport(request);
  if (refusal !== undefined) return refusal;
  const operation = operationOf(request);
  if (operation === undefined) return unknownOperation();
  const signature = options.verifySignature(request, "dynamodb");
  if (!signature.ok) {
    record(call, undefined, `dynamodb:${operation.name}`, "denied", `${signature.error}: ${signature.message}`);
    return coralError(signature.error, signature.message);
  }
  // Only now: reading megabytes for somebody who has no key would hold up everybody else.
  const body = parseBody(request.body);
  return body === undefined ? serializationError() : serve(call, operation, body, signature.session);
}

function refuseTransport(request: HttpRequest): DynamoDbError | undefined {
  if (request.bodyTooLarge || request.body.length > MAXIMUM_BODY_BYTES) {
    return { ...coralError("RequestEntityTooLargeException", "Request body is larger than 16 MB"), status: 413 };
  }
  return request.method === "POST" ? undefined : unknownOperation();
}

/** An empty body is an empty request. Only an object is a request at all. */
function parseBody(bytes: Buffer): JsonObject | undefined {
  if (bytes.length === 0) return {};
  try {
    const body: unknown = JSON.parse(bytes.toString("utf8"));
    return isJsonObject(body) ? body : undefined;
  } catch {
    return undefined;
  }
}

function operationOf(request: HttpRequest): Operation | undefined {
  const target = headerValue(request.headers, "x-amz-target") ?? "";
  return target.startsWith(TARGET_PREFIX) ? OPERATIONS.get(target.slice(TARGET_PREFIX.length)) : undefined;
}

/** IAM is asked before anything is said of whether a table exists or the request makes sense. */
async function serve(
  call: Call,
  operation: Operation,
  body: JsonObject,
  session: CredentialSession,
): Promise<Answer | DynamoDbError> {
  const { environment, tables } = call.configuration;
  if (operation.handling.kind === "refused") {
    record(call, session, `dynamodb:${operation.name}`, "denied", `not emulated: ${operation.handling.because}`);
    return unknownOperation(`${operation.name} is not emulated: ${operation.handling.because}.`);
  }
  const shaped = readShape(operation.shape, body);
  if (shaped.kind === "refused") return shaped.error;
  const access = accessOf(operation, shaped.input, environment);
  const asked: AuthorizationRequest[] = [];
  const observe = observer(call, session, { operation: operation.name, input: shaped.input, asked });
  const denied = firstDenial(call, session, access.iamRequests, asked);
  if (denied !== undefined) return observe("denied", denied);
  const problem = checkRequest(operation, body, shaped.input, environment) ?? access.problem;
  if (problem !== undefined) return observe("refused", problem);
  if (access.tables.some((reference) => reference.table === undefined)) return observe("refused", resourceNotFound());
  const execution: Execution = {
    operation,
    input: shaped.input,
    references: access.tables,
    tables,
    engine: call.options.engine,
    createdAtMilliseconds: call.startedAtMilliseconds,
  };
  const answer = await execute(execution, (reason) => {
    record(call, session, `dynamodb:${operation.name}`, "failed", reason);
    call.options.log(`DynamoDB ${operation.name} failed: ${reason}`);
  });
  return observe("executed", answer);
}

type Outcome = Answer | DynamoDbError;

/** Tells the observer, where there is one, and hands the outcome on. */
function observer(
  { options, requestId }: Call,
  session: CredentialSession,
  seen: Pick<GateObservation, "operation" | "input" | "asked">,
): (outcome: GateObservation["outcome"], result: Outcome) => Outcome {
  const { observe } = options;
  return (outcome, result) => {
    if (observe === undefined) return result;
    const answer = "body" in result ? { status: result.status, body: result.body.toString() } : undefined;
    observe({
      requestId: session.currentRequestId() ?? requestId,
      ...seen,
      outcome,
      ...(answer === undefined ? {} : { answer }),
    });
    return result;
  };
}

function firstDenial(
  call: Call,
  session: CredentialSession,
  iamRequests: readonly IamRequest[],
  asked: AuthorizationRequest[],
): DynamoDbError | undefined {
  const caller = { session, sourceAddress: call.request.sourceAddress };
  const rules = { roles: call.configuration.roles, clock: call.options.clock };
  for (const iamRequest of iamRequests) {
    const answer = decideAccess(caller, iamRequest, rules);
    asked.push(answer.asked);
    record(call, session, `${iamRequest.action} on ${iamRequest.resourceArn}`, answer.kind, answer.reason);
    if (answer.kind === "denied") return accessDenied(answer.message);
  }
  return undefined;
}

function record(
  call: Call,
  session: CredentialSession | undefined,
  subject: string,
  outcome: "allowed" | "denied" | "failed",
  reason: string,
): void {
  const requestId = session?.currentRequestId() ?? call.requestId;
  call.options.journal.record({ requestId, step: "dynamodb", subject, outcome, reason });
}

/** DynamoDB's request ids are 52 capital letters and digits. Counting on from a random start is as unique as drawing
 * each one, and a tenth of the cost. */
function requestIds(): () => string {
  const start = `${randomUUID()}${randomUUID()}`.replaceAll("-", "").slice(0, 42).toUpperCase();
  let count = 0;
  return () => {
    count += 1;
    return start + count.toString(36).toUpperCase().padStart(10, "0");
  };
}

async function rawItems(engine: DynamoDbEngine, table: string): Promise<readonly JsonObject[]> {
  const items: JsonObject[] = [];
  let start: unknown;
  do {
    const input = {
      TableName: table,
      ConsistentRead: true,
      ...(start === undefined ? {} : { ExclusiveStartKey: start }),
    };
    const answer = await engine.call("Scan", JSON.stringify(input));
    const page = JSON.parse(answer.body.toString()) as JsonObject;
    if (answer.status !== 200) throw new Error(`table ${table} cannot be read: ${errorName(String(page.__type))}`);
    items.push(...(page.Items as readonly JsonObject[]));
    start = page.LastEvaluatedKey;
  } while (start !== undefined);
  return items;
}
