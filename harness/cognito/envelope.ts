import type { HttpResponse } from "../http.ts";
import type { Refusal } from "./errors.ts";

const CONTENT_TYPE = "application/x-amz-json-1.1";

export function answerBody(body: object, requestId: string): HttpResponse {
  return {
    status: 200,
    headers: [
      ["content-type", CONTENT_TYPE],
      ["x-amzn-requestid", requestId],
    ],
    body: JSON.stringify(body),
  };
}

const STATUSES: ReadonlyMap<string, number> = new Map([
  ["InternalErrorException", 500],
  ["RequestEntityTooLargeException", 413],
]);

/** Text that is safe in a header: printable ASCII on one line. */
function headerText(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, " ").trim();
}

/** Cognito's error envelope: the name in `__type` and in `x-amzn-ErrorType`. */
export function answerRefusal({ name, message }: Refusal, requestId: string): HttpResponse {
  return {
    status: STATUSES.get(name) ?? 400,
    headers: [
      ["content-type", CONTENT_TYPE],
      ["x-amzn-requestid", requestId],
      ["x-amzn-ErrorType", `${name}:`],
      ["x-amzn-ErrorMessage", headerText(message)],
    ],
    body: JSON.stringify({ __type: name, message }),
  };
}
