import { type HttpRequest, type HttpResponse, headerValue } from "./http.ts";

/** How a service writes its errors.
 * @see https://smithy.io/2.0/aws/protocols/index.html */
type Protocol = "query" | "rest-json" | "json";

/** Services that a deployment asks, by the name that requests are signed for. What is not here speaks JSON. */
const PROTOCOLS: ReadonlyMap<string, Protocol> = new Map([
  ["iam", "query"],
  ["sts", "query"],
  ["sns", "query"],
  ["monitoring", "query"],
  ["cloudformation", "query"],
  ["ec2", "query"],
  ["s3", "query"],
  ["lambda", "rest-json"],
  ["apigateway", "rest-json"],
]);

const CODE = "NotImplemented";

/**
 * The answer to a request for a service that is not served, in that service's own protocol, so that a tool prints the
 * sentence and not that it cannot read it. `undefined` where no signature names a service.
 */
export function unservedService(request: HttpRequest): HttpResponse | undefined {
  const authorization = headerValue(request.headers, "authorization") ?? "";
  const service = /Credential=[^/,\s]+\/\d{8}\/[^/,\s]+\/([a-z0-9-]+)\/aws4_request/.exec(authorization)?.[1];
  if (service === undefined || service === "dynamodb" || service === "cognito-idp") return undefined;
  const message = `This is a harness that serves the program itself, and no deploy target: it has no ${service}. Run npm start to use the program here, or deploy it to LocalStack or AWS (docs/endpoints.md).`;
  return ANSWERS[protocolOf(service, request)](message);
}

/** Newer SDKs speak JSON with some services that are older than it: the request's own form decides. */
function protocolOf(service: string, request: HttpRequest): Protocol {
  const form = headerValue(request.headers, "content-type") ?? "";
  if (form.includes("x-www-form-urlencoded")) return "query";
  return PROTOCOLS.get(service) ?? "json";
}

const ANSWERS: Readonly<Record<Protocol, (message: string) => HttpResponse>> = {
  query: (message) => ({
    status: 501,
    headers: [["content-type", "text/xml"]],
    body: `<ErrorResponse><Error><Type>Sender</Type><Code>${CODE}</Code><Message>${message}</Message></Error></ErrorResponse>`,
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
