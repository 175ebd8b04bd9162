import { ABSENT, answers, bearer, on, type Row, rowsOf } from "../support/case.ts";

const row = rowsOf("cors");
const cors = on("cors");
const APP = "https://app.example.com";
const origin = (value: string) => ["origin", value] as const;
const asks = (from: string, method = "GET", headers?: string) => [
  origin(from),
  ["access-control-request-method", method] as const,
  ...(headers === undefined ? [] : [["access-control-request-headers", headers] as const]),
];
const NONE = {
  "access-control-allow-origin": ABSENT,
  "access-control-allow-methods": ABSENT,
  "access-control-allow-headers": ABSENT,
  "access-control-allow-credentials": ABSENT,
  "access-control-max-age": ABSENT,
  "access-control-expose-headers": ABSENT,
  vary: ABSENT,
};
const FULL = {
  "access-control-allow-origin": [APP],
  "access-control-allow-methods": "GET,POST,PUT",
  "access-control-allow-headers": "authorization,content-type",
  "access-control-allow-credentials": "true",
  "access-control-max-age": "600",
};
const ADDED = {
  "access-control-allow-origin": [APP],
  vary: "origin",
  "access-control-allow-credentials": "true",
  "access-control-expose-headers": "x-total",
};
const preflight = { status: 204, reply: "", ran: false } as const;
const FOREIGN = [
  "https://evil.example",
  `${APP}.evil.example`,
  `${APP}/`,
  "null",
  "http://app.example.com",
  `${APP}:8443`,
  "https://APP.example.com",
  `${APP}, https://evil.example`,
];

export const corsRows: readonly Row[] = [
  row("automatic", "D", "The gateway answers preflight itself: no route, no authorizer, no function.", "cors-guide", {
    cases: [
      cors("an open path", "OPTIONS /items", {
        headers: asks(APP),
        ...preflight,
        header: FULL,
        journal: ["cors", "the browser will send it"],
      }),
      cors("a protected path, no token", "OPTIONS /private", {
        headers: asks(APP, "GET", "authorization"),
        ...preflight,
        header: FULL,
      }),
      cors("a path that is not routed", "OPTIONS /nope", { headers: asks(APP), ...preflight }),
    ],
  }),
  row("what-is-preflight", "I", "OPTIONS with `Origin` and `Access-Control-Request-Method`.", "fetch", {
    cases: [
      cors("no origin", "OPTIONS /items", { headers: [["access-control-request-method", "GET"]], ...answers.notFound }),
      cors("no method asked for", "OPTIONS /items", { headers: [origin(APP)], ...answers.notFound }),
      cors("plain", "OPTIONS /items", answers.notFound),
      cors("another method with all its headers", "GET /nope", { headers: asks(APP), ...answers.notFound }),
    ],
  }),
  row("status", "O", "204, empty, with a request id, without type and length.", "empty-answers", {
    cases: [
      cors("allowed", "OPTIONS /items", {
        headers: asks(APP),
        ...preflight,
        header: { "content-type": ABSENT, "content-length": ABSENT },
      }),
    ],
  }),
  row(
    "allowed",
    "D I",
    "An allowed origin is echoed alone, with methods, headers, age and credentials as configured.",
    "cors-guide",
    {
      cases: [
        cors("the first", "OPTIONS /items", {
          headers: asks(APP, "PUT", "authorization,content-type"),
          ...preflight,
          header: FULL,
        }),
        cors("the second", "OPTIONS /items", {
          headers: asks("https://other.example.com"),
          ...preflight,
          header: { "access-control-allow-origin": ["https://other.example.com"] },
        }),
        on("cors-star")("a star", "OPTIONS /items", {
          headers: asks("https://any.example"),
          ...preflight,
          header: {
            "access-control-allow-origin": ["*"],
            "access-control-allow-methods": "*",
            "access-control-allow-headers": "*",
            "access-control-allow-credentials": ABSENT,
            "access-control-max-age": ABSENT,
          },
        }),
        on("cors-scheme")("age 0", "OPTIONS /items", {
          headers: asks(APP),
          ...preflight,
          header: { "access-control-max-age": "0", "access-control-allow-headers": ABSENT },
        }),
      ],
    },
  ),
  row(
    "foreign",
    "O",
    "A preflight from a foreign origin is a bare 204, without a single CORS header.",
    "preflight-of-2026",
    {
      cases: FOREIGN.map((value) =>
        cors(value, "OPTIONS /items", {
          headers: asks(value),
          ...preflight,
          header: NONE,
          journal: ["cors", "the browser will not send it, as origin "],
        }),
      ),
    },
  ),
  row("asked-for", "U", "A method or header that is not allowed.", "cdk-local", {
    ours: "The configured lists are sent; what is not on them is not named, and the browser refuses.",
    cases: [
      cors("a method", "OPTIONS /items", { headers: asks(APP, "DELETE"), ...preflight, header: FULL }),
      cors("a header", "OPTIONS /items", { headers: asks(APP, "GET", "x-secret"), ...preflight, header: FULL }),
    ],
  }),
  row("actual", "D", "An answer to an allowed origin has the origin, credentials and exposed headers.", "cors-guide", {
    cases: [
      cors("allowed", "GET /items", {
        headers: [origin(APP)],
        status: 200,
        ran: true,
        header: { ...ADDED, "access-control-allow-methods": ABSENT },
      }),
      cors("protected", "GET /private", {
        headers: [origin(APP), ...bearer("access")],
        status: 200,
        ran: true,
        header: ADDED,
      }),
      ...FOREIGN.map((value) =>
        cors(value, "GET /items", { headers: [origin(value)], status: 200, ran: true, header: NONE }),
      ),
      on("cors-star")("a star", "GET /items", {
        headers: [origin("https://any.example")],
        status: 200,
        header: { "access-control-allow-origin": ["*"] },
      }),
    ],
  }),
  row("no-origin", "D I", "Without `Origin` there are no CORS headers.", "cors-guide", {
    cases: [cors("a GET", "GET /items", { status: 200, ran: true, header: NONE })],
  }),
  row(
    "backend-headers",
    "D I",
    "Once CORS is configured, the function's own CORS headers are dropped, for every origin.",
    "cors-guide",
    {
      cases: [
        ...[APP, "https://evil.example"].map((value) =>
          cors(value, "POST /reply", {
            headers: [origin(value), ["content-type", "application/json"]],
            body: '{"statusCode":200,"headers":{"Access-Control-Allow-Origin":"*","access-control-allow-methods":"DELETE","x-own":"1"},"body":"x"}',
            status: 200,
            header: {
              "access-control-allow-origin": value === APP ? [APP] : ABSENT,
              "access-control-allow-methods": ABSENT,
              "x-own": "1",
            },
          }),
        ),
      ],
    },
  ),
  row(
    "not-configured",
    "D",
    "Without CORS configuration the function's headers pass, and OPTIONS must be routed.",
    "cors-guide",
    {
      cases: [
        on("echo")("pass", "POST /reply", {
          headers: [origin(APP), ["content-type", "application/json"]],
          body: '{"statusCode":200,"headers":{"access-control-allow-origin":"*"}}',
          status: 200,
          header: { "access-control-allow-origin": ["*"] },
        }),
        on("echo")("nothing is added", "GET /items", { headers: [origin(APP)], status: 200, header: NONE }),
      ],
    },
  ),
  row(
    "on-errors",
    "O I",
    "Answers that the gateway makes itself carry the CORS headers too, so that a page can read them: seen on a 401 and a 500.",
    "401-of-2024 500-of-2026",
    {
      cases: [
        cors("401", "GET /private", {
          headers: [origin(APP)],
          ...answers.unauthorized,
          header: { ...ADDED, "www-authenticate": "Bearer" },
        }),
        cors("401 by an expired token", "GET /private", {
          headers: [origin(APP), ...bearer("expired")],
          ...answers.unauthorized,
          header: ADDED,
        }),
        cors("404", "GET /nope", { headers: [origin(APP)], ...answers.notFound, header: ADDED }),
        cors("500", "GET /fail", { headers: [origin(APP)], ...answers.serverError, header: ADDED }),
        cors("a foreign origin", "GET /private", {
          headers: [origin("https://evil.example")],
          ...answers.unauthorized,
          header: NONE,
        }),
        on("cors-star")("404 with a star", "GET /nope", {
          headers: [origin("https://any.example")],
          ...answers.notFound,
          header: { "access-control-allow-origin": ["*"], vary: "origin", "access-control-allow-credentials": ABSENT },
        }),
      ],
    },
  ),
  row(
    "on-errors-not-configured",
    "O",
    "Without CORS configuration the gateway's own answers have no CORS headers.",
    "jamstack-auth",
    {
      cases: [
        on("echo")("401", "GET /private", { headers: [origin(APP)], ...answers.unauthorized, header: NONE }),
        on("echo")("404", "GET /nope", { headers: [origin(APP)], ...answers.notFound, header: NONE }),
      ],
    },
  ),
  row(
    "vary",
    "O I",
    "An answer to an allowed origin has `vary: origin`, with a star too.",
    "answer-of-2025 500-of-2026",
    {
      cases: [
        cors("a GET", "GET /items", { headers: [origin(APP)], status: 200, header: { vary: "origin" } }),
        cors("without an origin", "GET /items", { status: 200, header: { vary: ABSENT } }),
        cors("beside the function's own", "POST /reply", {
          headers: [origin(APP), ["content-type", "application/json"]],
          body: '{"statusCode":200,"headers":{"vary":"accept"},"body":"x"}',
          status: 200,
          header: { vary: ["accept", "origin"] },
        }),
        cors("a preflight", "OPTIONS /items", { headers: asks(APP), ...preflight, header: { vary: "origin" } }),
        on("cors-star")("a star", "GET /items", {
          headers: [origin("https://any.example")],
          status: 200,
          header: { vary: "origin" },
        }),
      ],
    },
  ),
  row(
    "star-credentials",
    "O",
    "A star together with credentials is refused when the API is made: `allow-credentials is not supported if 'allow-origin' is *`.",
    "cdk#9076",
    {
      cannot: "Refused at start.",
      shownBy: [["tests/apigateway/http-api.test.ts", "any origin with credentials"]],
    },
  ),
  row("wildcard-lists", "D", "A star is allowed for methods and headers.", "fetch", {
    cases: [
      on("cors-star")("both", "OPTIONS /items", {
        headers: asks(APP, "DELETE", "x-any"),
        ...preflight,
        header: { "access-control-allow-methods": "*", "access-control-allow-headers": "*" },
      }),
    ],
  }),
  row(
    "wildcard-origins",
    "D I",
    "`*`, `https://*` and `http://*` are wildcards; patterns of hosts are not.",
    "cors-guide",
    {
      cases: [
        on("cors-scheme")("https", "OPTIONS /items", {
          headers: asks("https://any.example:8443"),
          ...preflight,
          header: { "access-control-allow-origin": ["https://any.example:8443"] },
        }),
        on("cors-scheme")("http", "OPTIONS /items", {
          headers: asks("http://any.example"),
          ...preflight,
          header: NONE,
        }),
        on("cors-scheme")("no origin at all", "OPTIONS /items", {
          headers: asks("https://a b"),
          ...preflight,
          header: NONE,
        }),
        on("cors-scheme")("null", "GET /items", { headers: [origin("null")], status: 200, header: NONE }),
      ],
    },
  ),
  row("origin-comparison", "I", "Scheme, host and port must be equal.", "rfc6454", {
    cases: [cors("another port", "GET /items", { headers: [origin(`${APP}:444`)], status: 200, header: NONE })],
  }),
  row("max-age", "D", "`maxAge` in seconds.", "cors-guide", {
    cases: [
      cors("600", "OPTIONS /items", { headers: asks(APP), ...preflight, header: { "access-control-max-age": "600" } }),
    ],
  }),
  row(
    "default-jwt",
    "D",
    "`$default` with an authorizer takes preflight too; an open `OPTIONS /{proxy+}` mends it.",
    "cors-guide",
    {
      cases: [
        on("cors-default")("refused", "OPTIONS /items", {
          headers: asks(APP),
          ...answers.unauthorized,
          header: { "www-authenticate": "Bearer" },
        }),
        on("cors-default-open")("mended", "OPTIONS /items", {
          headers: asks(APP),
          status: 200,
          ran: true,
          header: { "access-control-allow-origin": [APP] },
        }),
      ],
    },
  ),
  row("any-jwt", "O", "`ANY` with an authorizer is the same trap: 401.", "sst#5493", {
    cases: [
      cors("refused", "OPTIONS /any", { headers: asks(APP, "POST"), ...answers.unauthorized }),
      on("cors-greedy")("ANY /{proxy+}", "OPTIONS /items/1", {
        headers: asks(APP, "PUT", "authorization"),
        ...answers.unauthorized,
        header: { "www-authenticate": "Bearer" },
      }),
      cors("a route by method is safe", "OPTIONS /private", { headers: asks(APP), ...preflight }),
    ],
  }),
  row(
    "options-route",
    "D I",
    "An OPTIONS route wins, with its authorizer and function; the configuration still writes the CORS headers.",
    "cors-guide",
    {
      cases: [
        cors("open", "OPTIONS /explicit", {
          headers: asks(APP),
          status: 200,
          ran: true,
          header: { "access-control-allow-origin": [APP] },
          json: { "/routeKey": "OPTIONS /explicit" },
        }),
        cors("protected", "OPTIONS /locked", { headers: asks(APP), ...answers.unauthorized }),
        cors("protected, with a token", "OPTIONS /locked", {
          headers: [...asks(APP), ...bearer("access")],
          status: 200,
          ran: true,
          header: ADDED,
        }),
      ],
    },
  ),
];
