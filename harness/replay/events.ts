import { isJsonObject } from "../json.ts";
/** An event of an HTTP API in payload format 2.0, as far as a replay reads it.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html */
export interface HttpApiEvent {
  readonly version: "2.0";
  readonly routeKey: string;
  readonly rawPath: string;
  readonly rawQueryString?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cookies?: readonly string[];
  readonly body?: string;
  readonly isBase64Encoded?: boolean;
  readonly requestContext: {
    readonly stage?: string;
    readonly http: { readonly method: string; readonly path?: string };
    readonly [member: string]: unknown;
  };
  readonly [member: string]: unknown;
}

export type ReadEvent = { readonly event: HttpApiEvent } | { readonly refused: string };

type Json = Readonly<Record<string, unknown>>;

const FORMAT_2 = "A replay takes events of HTTP APIs in payload format 2.0.";

/** Other services' events, by what only they have. */
const OTHERS: readonly { readonly is: (value: Json) => boolean; readonly what: string }[] = [
  { is: ({ Records }) => Array.isArray(Records), what: "an event of a queue, bucket, topic or stream" },
  { is: ({ requestContext }) => "elb" in record(requestContext), what: "an event of a load balancer" },
  { is: ({ requestContext }) => "connectionId" in record(requestContext), what: "an event of a WebSocket API" },
  { is: ({ triggerSource }) => typeof triggerSource === "string", what: "an event of a Cognito trigger" },
  {
    is: ({ methodArn, type }) => typeof methodArn === "string" && type !== undefined,
    what: "an event of a Lambda authorizer",
  },
  { is: ({ source }) => source === "aws.events" || source === "serverless-plugin-warmup", what: "a scheduled event" },
  { is: ({ version }) => version === "1.0", what: "an event of an HTTP API in payload format 1.0" },
  {
    is: ({ resource, httpMethod }) => typeof resource === "string" && typeof httpMethod === "string",
    what: "an event of a REST API",
  },
];

const record = (value: unknown): Json => (isJsonObject(value) ? value : {});

/** Reads a value as an event, or says what it is instead, or what it lacks. */
export function readEvent(value: unknown): ReadEvent {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return {
      refused: `This is ${Array.isArray(value) ? "a list" : `${value === null ? "null" : `a ${typeof value}`}`}, not an event. ${FORMAT_2}`,
    };
  }
  const event = value as Json;
  const other = OTHERS.find(({ is }) => is(event));
  if (other !== undefined) return { refused: `This is ${other.what}. ${FORMAT_2}` };
  const missing = faults(event);
  if (missing.length > 0) return { refused: `This event is broken: ${missing.join("; ")}. ${FORMAT_2}` };
  return { event: event as unknown as HttpApiEvent };
}

function faults(event: Json): readonly string[] {
  const http = record(record(event.requestContext).http);
  const { headers, cookies, body } = event;
  const found: (string | undefined)[] = [
    event.version === "2.0" ? undefined : `its version is ${JSON.stringify(event.version) ?? "missing"} and not "2.0"`,
    typeof event.rawPath === "string" ? undefined : "rawPath is missing",
    typeof http.method === "string" && /^[!#$%&'*+.^_`|~\w-]+$/.test(http.method)
      ? undefined
      : "requestContext.http.method is missing or no method",
    headers === undefined || isTextRecord(headers) ? undefined : "headers are not texts by name",
    cookies === undefined || (Array.isArray(cookies) && cookies.every((one) => typeof one === "string"))
      ? undefined
      : "cookies are not a list of texts",
    body === undefined || body === null || typeof body === "string" ? undefined : "the body is no text",
  ];
  return found.filter((fault) => fault !== undefined);
}

function isTextRecord(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.values(value).every((text) => typeof text === "string");
}
