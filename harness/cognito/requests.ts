import { type HttpRequest, type HttpResponse, headerValue } from "../http.ts";
import type { Journal } from "../journal.ts";
import type { VerifySignedAdmin } from "./admin-authorization.ts";
import { answerBody, answerRefusal } from "./envelope.ts";
import { isRefusal, type Refusal, refuse } from "./errors.ts";
import type { Operation, Outcome } from "./operation.ts";
import { operations } from "./operations.ts";
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

const targetPrefix = "AWSCognitoIdentityProviderService.";

/** Answers one request of the API: finds the operation, checks who asks, runs it, keeps what it changed, and leaves one
 * journal entry. Never rejects. */
export async function handleRequest(request: HttpRequest, context: RequestContext): Promise<HttpResponse> {
  const { requestId } = context;
  const target = headerValue(request.headers, "x-amz-target") ?? "";
  const operation = target.startsWith(targetPrefix) ? operations.get(target.slice(targetPrefix.length)) : undefined;
  const outcome = await settledOutcome(request, operation, context);
  recordOutcome(context, operation?.name ?? "unknown operation", outcome);
  return isRefusal(outcome) ? answerRefusal(outcome, requestId) : answerBody(outcome, requestId);
}

/** Nothing is answered before it is kept: what a client was told survives a crash. */
async function settledOutcome(
  request: HttpRequest,
  operation: Operation | undefined,
  context: RequestContext,
): Promise<Outcome> {
  try {
    const outcome = await performRequest(request, operation, context);
    await context.commits.settled();
    return outcome;
  } catch (error) {
    context.options.onDefect(error);
    return refuse("InternalErrorException", "Internal server error", "an exception in the harness");
  }
}

async function performRequest(
  request: HttpRequest,
  operation: Operation | undefined,
  { options, service }: RequestContext,
): Promise<Outcome> {
  if (operation === undefined) return refuse("UnknownOperationException", "This operation is not emulated.");
  if (request.bodyTooLarge) return refuse("RequestEntityTooLargeException", "Request size is too large");
  const body = parseBody(request.body);
  if (operation.access === "administrator") {
    const refusal = await checkAdministrator(options.verifySignedAdmin, service, request, operation, body);
    if (refusal !== undefined) return refusal;
  }
  return isRefusal(body) ? body : operation.perform(body, service);
}

function parseBody(body: Buffer): object | Refusal {
  const broken = refuse("SerializationException", "The request body is not a JSON object.");
  try {
    const value: unknown = JSON.parse(body.toString("utf8"));
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : broken;
  } catch {
    return broken;
  }
}

async function checkAdministrator(
  verify: VerifySignedAdmin,
  service: Service,
  request: HttpRequest,
  operation: Operation,
  body: object,
): Promise<Refusal | undefined> {
  const poolId: unknown = Object.hasOwn(body, "UserPoolId") ? Reflect.get(body, "UserPoolId") : undefined;
  const served = typeof poolId === "string" ? service.pool(poolId) : undefined;
  const intent = { action: `cognito-idp:${operation.name}`, resourceArn: served?.pool.arn ?? "*" };
  const verdict = await verify(request, intent);
  return verdict.kind === "allowed" ? undefined : refuse(verdict.name, verdict.message);
}

function recordOutcome({ options, requestId }: RequestContext, subject: string, outcome: Outcome): void {
  if (!isRefusal(outcome)) {
    options.journal.record({
      requestId,
      step: "cognito",
      subject,
      outcome: "answered",
      reason: "the operation succeeded",
    });
    return;
  }
  const failed = outcome.name === "InternalErrorException";
  const reason = `${outcome.name}: ${outcome.reason}`;
  options.journal.record({ requestId, step: "cognito", subject, outcome: failed ? "failed" : "denied", reason });
}
