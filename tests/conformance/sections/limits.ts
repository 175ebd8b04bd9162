import { answers, bearer, on, type Row, rowsOf } from "../support/case.ts";

const row = rowsOf("limits");
const echo = on("echo");
const throttled = on("throttled");
const logged = on("logged");
const local = "buckets refill between requests on AWS, and are kept in many places";
const REQUEST_ID = /^[A-Za-z0-9_-]{15}=$/;

export const limitRows: readonly Row[] = [
  row("throttle", "D O", "A token bucket for each route: 429, and no `Retry-After`.", "throttling-guide limits-guide", {
    cases: [
      throttled("the first passes", "GET /first", { status: 200, ran: true, local }),
      throttled("the second does not", "GET /single", {
        before: ["GET /single"],
        ...answers.tooMany,
        header: { "retry-after": "<absent>", "content-type": "application/json" },
        journal: ["throttle", "the route settings"],
        local,
      }),
      throttled("the stage's default", "GET /double", {
        before: ["GET /double", "GET /double"],
        ...answers.tooMany,
        journal: ["throttle", "the default route settings"],
        local,
      }),
      throttled("a limit of 0 closes the route", "GET /closed", { ...answers.tooMany, local }),
      throttled("no match is not counted", "GET /nope", { ...answers.notFound, local }),
    ],
  }),
  row("integration-timeout", "D O", "50 to 30,000 ms: 503.", "limits-guide cortex#1225", {
    cases: [echo("50 ms", "GET /fail/integration-timeout", answers.unavailable)],
  }),
  row("payload", "D I", "More than 10 MB: 413.", "limits-guide", {
    cases: [
      echo("10 MB and a byte", "POST /items", {
        headers: [["content-type", "text/plain"]],
        body: { repeat: "x", times: 10 * 1024 * 1024 + 1 },
        ...answers.tooLarge,
      }),
    ],
  }),
  row("head", "D I", "More than 10,240 bytes of request line and header values: 431.", "limits-guide self-hosted", {
    cases: [
      echo("header values", "GET /items", {
        headers: [["x-filler", "x".repeat(10_240)]],
        status: 431,
        ran: false,
        journal: ["route", "10,240"],
      }),
      echo("many headers", "GET /items", {
        headers: Array.from({ length: 11 }, (_, at) => [`x-${at}`, "x".repeat(1_000)] as const),
        status: 431,
        ran: false,
      }),
      echo("the request line", `GET /items?${"x".repeat(10_240)}`, { status: 431, ran: false }),
      echo("just below", "GET /items", { headers: [["x-filler", "x".repeat(10_000)]], status: 200, ran: true }),
      echo("an unrouted path", "GET /nope", { headers: [["x-filler", "x".repeat(10_240)]], status: 431, ran: false }),
    ],
  }),
  row("permission", "D", "A missing permission: 500 with the body of every server error.", "lambda-troubleshooting", {
    cases: [
      echo("none", "GET /unpermitted", { ...answers.serverError, ran: false, header: { "content-length": "35" } }),
    ],
  }),
  row(
    "source-arn",
    "D",
    "The source ARN is `API/STAGE/METHOD/path`; `$default/$default` for the default route, `*` for ANY.",
    "lambda-troubleshooting stages",
    {
      cases: [
        on("permission-default-stars")("three stars never fit $default", "GET /", {
          ...answers.serverError,
          ran: false,
          journal: ["permission", "Condition"],
        }),
        on("permission-default-fits")("$default", "GET /", {
          status: 200,
          ran: true,
          json: { "/routeKey": "$default" },
        }),
        on("permission-default-fits")("ANY", "POST /any", {
          status: 200,
          ran: true,
          json: { "/routeKey": "ANY /any" },
        }),
        echo("two stars fit a method and a path", "GET /items/1", { status: 200, ran: true }),
        echo("three stars fit two segments", "GET /three-stars/1", { status: 200, ran: true }),
        echo("the exact route", "GET /too-many-stars", { status: 200, ran: true }),
        echo("another method's", "POST /other-method", { ...answers.serverError, ran: false }),
      ],
    },
  ),
  row(
    "spelling",
    "O",
    "Messages are spelled as HTTP APIs spell them, not as REST APIs do.",
    "live-probes dotnet-captures",
    {
      cases: [
        echo("500", "GET /dangling", answers.serverError),
        echo("404", "GET /nope", answers.notFound),
        echo("401", "GET /private", answers.unauthorized),
        echo("403", "GET /scoped", { headers: bearer("access"), ...answers.forbidden }),
        echo("503", "GET /fail/throttled", answers.unavailable),
      ],
    },
  ),
  row(
    "no-customisation",
    "D",
    "There are no gateway responses, API keys, firewalls or request validation.",
    "http-vs-rest",
    {
      cases: [
        echo("an API key says nothing", "GET /private", { headers: [["x-api-key", "x"]], ...answers.unauthorized }),
      ],
    },
  ),
  row("log-request", "D O", "Access log: who asked for what.", "logging-variables", {
    cases: [
      logged("a request", "GET /items/a%20b?c=d", {
        headers: [["user-agent", "curl/8.5.0"]],
        status: 200,
        access: {
          requestId: REQUEST_ID,
          extendedRequestId: REQUEST_ID,
          httpMethod: "GET",
          path: "/items/a b",
          routeKey: "GET /items/{id}",
          protocol: "HTTP/1.1",
          stage: "$default",
          domainName: /^[a-z0-9]{10}\.execute-api\.eu-west-1\.amazonaws\.com$/,
          domainPrefix: /^[a-z0-9]{10}$/,
          apiId: /^[a-z0-9]{10}$/,
          accountId: "123456789012",
          requestTime: "15/Jan/2027:08:00:00 +0000",
          requestTimeEpoch: "1800000000359",
          "identity.sourceIp": "127.0.0.1",
          "identity.userAgent": "curl/8.5.0",
        },
      }),
      logged("quotes in an agent stay inside", "GET /items/1", {
        headers: [["user-agent", '","status":"999']],
        status: 200,
        access: { "identity.userAgent": '","status":"999', status: "200" },
      }),
    ],
  }),
  row("log-result", "D O", "Access log: what came of it.", "logging-variables", {
    cases: [
      logged("a success", "POST /reply", {
        headers: [["content-type", "application/json"]],
        body: '"Hello"',
        status: 200,
        access: {
          status: "200",
          responseLength: "5",
          responseLatency: "0",
          dataProcessed: "12",
          "error.message": "-",
          "error.responseType": "-",
        },
      }),
      logged("not found", "GET /nope", {
        ...answers.notFound,
        access: { status: "404", routeKey: "-", "error.message": "Not Found" },
      }),
    ],
  }),
  row(
    "log-authorizer",
    "D O",
    "Access log: claims by name, and the error of a refusal; the bare `authorizer.claims` is unset.",
    "logging-variables",
    {
      cases: [
        logged("a claim", "GET /private", {
          headers: bearer("access"),
          status: 200,
          access: {
            "authorizer.claims.sub": "user-a",
            "authorizer.error": "-",
            "authorizer.claims": "-",
            "authorizer.principalId": "-",
          },
        }),
        logged("a refusal", "GET /private", {
          headers: bearer("expired"),
          ...answers.unauthorized,
          access: { "authorizer.error": /^invalid_token: /, "authorizer.claims.sub": "-" },
        }),
        logged("a forbidden scope", "GET /scoped", {
          headers: bearer("access"),
          ...answers.forbidden,
          access: { status: "403", "error.message": "Forbidden" },
        }),
      ],
    },
  ),
  row(
    "log-integration",
    "D O",
    "Access log: the function's status beside Lambda's, and the cause of a failure.",
    "logging-variables",
    {
      cases: [
        logged("a function's 404", "POST /reply", {
          headers: [["content-type", "application/json"]],
          body: '{"statusCode":404}',
          status: 404,
          access: {
            "integration.status": "404",
            "integration.integrationStatus": "200",
            integrationStatus: "200",
            integrationErrorMessage: "-",
            integrationLatency: "0",
          },
        }),
        logged("a failure", "GET /fail", {
          ...answers.serverError,
          access: { "integration.error": /secret detail/, integrationStatus: "200", "integration.status": "-" },
        }),
        logged("a missing permission", "GET /unpermitted", {
          ...answers.serverError,
          access: { status: "500", integrationLatency: "-" },
        }),
      ],
    },
  ),
  row(
    "log-latency",
    "O",
    "`integrationLatency` is `-` where the gateway refused, and a number where the function answered 401 itself.",
    "live-probes",
    {
      cases: [
        logged("the gateway's", "GET /private", { ...answers.unauthorized, access: { integrationLatency: "-" } }),
        logged("the function's", "POST /reply", {
          headers: [["content-type", "application/json"]],
          body: '{"statusCode":401}',
          status: 401,
          ran: true,
          access: { integrationLatency: "0" },
        }),
      ],
    },
  ),
  row("log-size", "D", "An entry has at most 1 MB, a format at most 3 KB.", "limits-guide", {
    cannot:
      "A longer format is refused at start. Of that length, and with parts that the head's 10,240 bytes bound, no entry comes near 1 MB.",
    shownBy: [["tests/conformance/sections/not-emulated.ts", "Access log formats over 3 KB (AWS refuses them too)"]],
  }),
];
