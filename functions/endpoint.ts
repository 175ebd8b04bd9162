import { textAt, verifiedUserId } from "./http-event";
import { type HttpResponse, message } from "./http-response";

/** What Lambda calls. It takes any event and always answers: a throw would reach the client as a bare 500 with no log line of ours. */
export type Handler = (event: unknown) => Promise<HttpResponse>;

/** DynamoDB's names for "too fast". https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html */
const throttles = ["ProvisionedThroughputExceededException", "RequestLimitExceeded", "ThrottlingException"];

const loggedCharacters = 500;

/** Wraps what one route does with the identity check before it and the failure answer after it. */
export function endpoint(answer: (event: unknown, userId: string) => Promise<HttpResponse>): Handler {
  return async (event) => {
    const userId = verifiedUserId(event);
    if (userId === undefined) return message(401, "Unauthorized");
    try {
      return await answer(event, userId);
    } catch (error) {
      return failure(event, error);
    }
  };
}

/**
 * Logs one line and tells the client nothing. The line is an object, which Lambda's JSON log format keeps as fields; it
 * has no header, claim or body in it.
 */
function failure(event: unknown, error: unknown): HttpResponse {
  const name = textAt(error, "name") ?? (error instanceof Error ? error.name : typeof error);
  const text = error instanceof Error ? error.message : "";
  console.error({
    requestId: textAt(event, "requestContext", "requestId"),
    routeKey: textAt(event, "routeKey"),
    error: { name, message: text.slice(0, loggedCharacters) },
  });
  return throttles.includes(name) ? message(503, "Service Unavailable") : message(500, "Internal Server Error");
}
