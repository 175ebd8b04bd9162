import { type HttpRequest, type HttpResponse, headerValue } from "./http.ts";

/** How a service writes its errors.
 * @see https://smithy.io/2.0/aws/protocols/index.html */
type Protocol = "query" | "rest-xml" | "rest-json" | "json";

/** Services that a deployment asks, by the name that requests are signed for. What is not here speaks JSON. */
const PROTOCOLS: ReadonlyMap<string, Protocol> = new Map([
  ["iam", "query"],
  ["sts", "query"],
  ["sns", "query"],
  ["monitoring", "query"],
  ["cloudformation", "query"],
  ["ec2", "query"],
  ["s3", "rest-xml"],
  ["lambda", "rest-json"],
  ["apigateway", "rest-json"],
]);

const CODE = "NotImplemented";

/** What a deployment, or a tool that takes this for all of AWS, has to know. */
export const NO_DEPLOY_TARGET =
  "This is a harness that serves the program itself, and no deploy target: run npm start to use the program here, or deploy it to LocalStack or AWS (docs/endpoints.md).";

/** The service that a request is signed for, by its signing name. Nothing is verified. */
export function signedService(request: HttpRequest): string | undefined {
  const authorization = headerValue(request.headers, "authorization") ?? "";
  return /Credential=[^/,\s]+\/\d{8}\/[^/,\s]+\/([a-z0-9-]+)\/aws4_request/.exec(authorization)?.[1];
}

/**
 * The answer to a request for a service that is not served, in that service's own protocol, so that a tool prints the
 * sentence and not that it cannot read it. `undefined` where no signature names a service.
 */
export function unservedService(request: HttpRequest): HttpResponse | undefined {
  const service = signedService(request);
  if (service === undefined || service === "dynamodb" || service === "cognito-idp") return undefined;
  const operation = operationOf(request);
  const what = operation === undefined ? `It has no ${service}` : `It has no ${service} and no ${operation}`;
  return ANSWERS[protocolOf(service, request)](`${NO_DEPLOY_TARGET} ${what}.`);
}

/** The operation where the request names one in plain: in REST services its path does, which only they can read. */
function operationOf(request: HttpRequest): string | undefined {
  const target = headerValue(request.headers, "x-amz-target")?.split(".").at(-1);
  const named = target ?? new URLSearchParams(request.body.toString("latin1")).get("Action") ?? "";
  return /^[A-Za-z0-9]{1,100}$/.test(named) ? named : undefined;
}

/** Newer SDKs speak JSON with some services that are older than it: the request's own form decides. */
function protocolOf(service: string, request: HttpRequest): Protocol {
  const form = headerValue(request.headers, "content-type") ?? "";
  if (form.includes("x-www-form-urlencoded")) return "query";
  return PROTOCOLS.get(service) ?? "json";
}

interface ErrorParts {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly requestId?: string;
}

/** An error of a service with the query protocol.
 * @see https://smithy.io/2.0/aws/protocols/aws-query-protocol.html#operation-error-serialization */
export function errorDocument({ status, code, message, requestId }: ErrorParts): HttpResponse {
  const id = requestId === undefined ? "" : `<RequestId>${requestId}</RequestId>`;
  return {
    status,
    headers: [["content-type", "text/xml"]],
    body: `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${xmlText(message)}</Message></Error>${id}</ErrorResponse>`,
  };
}

/** Text as it stands between two tags. */
export function xmlText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

const ANSWERS: Readonly<Record<Protocol, (message: string) => HttpResponse>> = {
  query: (message) => errorDocument({ status: 501, code: CODE, message }),
  // S3's errors have no envelope, and a client that expects one prints its own words.
  "rest-xml": (message) => ({
    status: 501,
    headers: [["content-type", "application/xml"]],
    body: `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${CODE}</Code><Message>${xmlText(message)}</Message></Error>`,
  }),
  "rest-json": (message) => ({
    status: 501,
    headers: [
      ["content-type", "application/json"],
      ["x-amzn-errortype", CODE],
    ],
    body: JSON.stringify({ Message: message, message }),
  }),
  json: (message) => ({
    status: 501,
    headers: [["content-type", "application/x-amz-json-1.1"]],
    body: JSON.stringify({ __type: CODE, message }),
  }),
};
