import { type HttpRequest, type HttpResponse, headerValue } from "../http.ts";
import type { Journal } from "../journal.ts";
import { parseJsonObject } from "../json.ts";
import type { VerifySignedAdmin } from "./admin-authorization.ts";
import { answerBody, answerRefusal } from "./envelope.ts";
import { isRefusal, type Refusal, refuse } from "./errors.ts";
import type { Operation, Outcome } from "./operation.ts";
import { OPERATIONS } from "./operations.ts";
import type { Service } from "./service.ts";
import type { Committer } from "./store.ts";

/** What answering a request needs. */
export interface RequestContext {
  readonly options: {
    readonly journal: Journal;
    readonly verifySignedAdmin: VerifySignedAdmin;
    readonly onDefect: (error: unknown) => void;
  };
  readonly service: Service;
  readonly commits: Committer;
  readonly requestId: string;
}

const TARGET_PREFIX = "AWSCognitoIdentityProviderService.";

/** Answers one request of the API: finds the operation, checks who asks, runs it, keeps what it changed, and leaves a
 * journal entry; an administrator's request one more, of the decision. Never rejects. */
export async function handleRequest(request: HttpRequest, context: RequestContext): Promise<HttpResponse> {
  const { requestId } = context;
  const journaled: Journaled = { requestId };
  const target = headerValue(request.headers, "x-amz-target") ?? "";
  const name = target.startsWith(TARGET_PREFIX) ? target.slice(TARGET_PREFIX.length) : "";
  const operation = OPERATIONS.get(name);
  const outcome =
    operation === undefined ? unknownOperation(name) : await settledOutcome(request, operation, context, journaled);
  recordOutcome(context.options.journal, journaled, operation?.name ?? "unknown operation", outcome);
  return isRefusal(outcome) ? answerRefusal(outcome, requestId) : answerBody(outcome, requestId);
}

/** Nothing is answered before it is kept: what a client was told survives a crash. */
async function settledOutcome(
  request: HttpRequest,
  operation: Operation,
  context: RequestContext,
  journaled: Journaled,
): Promise<Outcome> {
  try {
    const outcome = await performRequest(request, operation, context, journaled);
    await context.commits.settled();
    return outcome;
  } catch (error) {
    context.options.onDefect(error);
    return refuse("InternalErrorException", "Internal server error", "an exception in the harness");
  }
}

async function performRequest(
  request: HttpRequest,
  operation: Operation,
  context: RequestContext,
  journaled: Journaled,
): Promise<Outcome> {
  if (request.bodyTooLarge) return refuse("RequestEntityTooLargeException", "Request size is too large");
  const body = parseBody(request.body);
  if (operation.access === "administrator") {
    const refusal = await checkAdministrator(request, { operation, body }, context, journaled);
    if (refusal !== undefined) return refusal;
  }
  return isRefusal(body) ? body : operation.perform(body, context.service);
}

/** The name is outside text: what is not of an operation's form is not repeated. */
function unknownOperation(name: string): Refusal {
  const which = /^[A-Za-z0-9]{1,64}$/.test(name) ? name : "This operation";
  return refuse("UnknownOperationException", `${which} is not emulated.`);
}

function parseBody(body: Buffer): object | Refusal {
  const value = parseJsonObject(body.toString("utf8"));
  return value ?? refuse("SerializationException", "The request body is not a JSON object.");
}

/** Under which id the journal has a request: the gateway's, once it is known that a function of the program asks. */
interface Journaled {
  requestId: string;
}

async function checkAdministrator(
  request: HttpRequest,
  { operation, body }: { readonly operation: Operation; readonly body: object },
  { options, service }: RequestContext,
  journaled: Journaled,
): Promise<Refusal | undefined> {
  const poolId: unknown = Object.hasOwn(body, "UserPoolId") ? Reflect.get(body, "UserPoolId") : undefined;
  const served = typeof poolId === "string" ? service.pool(poolId) : undefined;
  const intent = { action: `cognito-idp:${operation.name}`, resourceArn: served?.pool.arn ?? "*" };
  const verdict = await options.verifySignedAdmin(request, intent);
  journaled.requestId = verdict.requestId ?? journaled.requestId;
  if (verdict.kind === "refused") return refuse(verdict.name, verdict.message, verdict.reason);
  const subject = `${intent.action} on ${intent.resourceArn}`;
  options.journal.record({ ...journaled, step: "cognito", subject, outcome: "allowed", reason: verdict.reason });
  return undefined;
}

function recordOutcome(journal: Journal, { requestId }: Journaled, subject: string, outcome: Outcome): void {
  if (!isRefusal(outcome)) {
    journal.record({ requestId, step: "cognito", subject, outcome: "answered", reason: "the operation succeeded" });
    return;
  }
  const failed = outcome.name === "InternalErrorException";
  const reason = `${outcome.name}: ${outcome.reason}`;
  journal.record({ requestId, step: "cognito", subject, outcome: failed ? "failed" : "denied", reason });
}
