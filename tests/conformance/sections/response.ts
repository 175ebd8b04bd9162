import { ABSENT, answers, on, type Row, rowsOf } from "../support/case.ts";

const row = rowsOf("response");
const echo = on("echo");
const JSON_BODY = [["content-type", "application/json"]] as const;
const TEXT = "text/plain; charset=utf-8";
type Seen = Omit<Parameters<ReturnType<typeof on>>[2], "body">;
/** The function puts out this JSON. */
const puts = (name: string, output: string, seen: Seen) =>
  echo(name, "POST /reply", { headers: JSON_BODY, body: output, ...seen });
const body = (reply: string) => ({ status: 200, ran: true, header: { "content-type": "application/json" }, reply });
const broken = (reason: string) => ({ ...answers.serverError, ran: true, journal: ["response", reason] }) as const;
const failed = (path: string, reason: string, more: object = {}) =>
  echo(path, `GET /fail/${path}`, { ...answers.serverError, ran: true, journal: ["invocation", reason], ...more });

export const responseRows: readonly Row[] = [
  row(
    "no-status",
    "D O",
    "An object without `statusCode` is the body of a 200 `application/json`, byte for byte.",
    "lambda-proxy dotnet-captures",
    {
      cases: [
        puts("an object", '{"name":"John Doe","age":30}', body('{"name":"John Doe","age":30}')),
        puts("an empty object", "{}", body("{}")),
        echo("as the runtime wrote it", "GET /spaced", body('{"name":"a  b","list":[1,2]}')),
        puts("text outside ASCII", '{"a":"ü"}', { ...body('{"a":"ü"}'), header: { "content-length": "10" } }),
      ],
    },
  ),
  row("body-without-status", "I", "`body` and `headers` mean nothing without `statusCode`.", "lambda-proxy", {
    cases: [
      puts("both", '{"headers":{"x-a":"1"},"body":"b"}', {
        ...body('{"headers":{"x-a":"1"},"body":"b"}'),
        header: { "x-a": ABSENT },
      }),
    ],
  }),
  row("text", "D O", "JSON text is the body itself, unquoted.", "lambda-proxy dotnet-captures", {
    cases: [puts("a word", '"Hello"', body("Hello")), puts("escapes", '"a\\n\\"b\\""', body('a\n"b"'))],
  }),
  row("empty-text", "O", "Empty text is an empty 200.", "dotnet-captures", {
    cases: [puts("empty", '""', { ...body(""), header: { "content-length": "0" } })],
  }),
  row("other-json", "O", "Numbers, booleans and lists are the body.", "dotnet-captures", {
    cases: [
      puts("a number", "42", body("42")),
      puts("true", "true", body("true")),
      puts("false", "false", body("false")),
      puts("a list", "[1,2,3]", body("[1,2,3]")),
      puts("zero", "0", body("0")),
    ],
  }),
  row("not-json", "conflict O", "Output of a custom runtime that is no JSON passes as it is.", "dotnet-captures", {
    ours: "The same: 200 with the raw bytes.",
    cannot: "Only Node.js runtimes run here, and they put out JSON alone.",
    shownBy: [["tests/apigateway/response.test.ts", "inference: what has no statusCode is the body"]],
  }),
  row("null", "O I", "Nothing, or null, is a 200 with the body `null`.", "records-of-2024 runtime-client", {
    cases: [puts("null", "null", body("null")), echo("undefined", "GET /nothing", body("null"))],
  }),
  row(
    "default-type",
    "O",
    "With `statusCode` and no type, the type is `text/plain; charset=utf-8`.",
    "dotnet-captures",
    {
      cases: [
        puts("text", '{"statusCode":200,"body":"{}"}', { status: 200, reply: "{}", header: { "content-type": TEXT } }),
        puts("base64", '{"statusCode":200,"body":"aGk=","isBase64Encoded":true}', {
          status: 200,
          reply: "hi",
          header: { "content-type": TEXT },
        }),
        puts("a type of its own", '{"statusCode":200,"headers":{"Content-Type":"text/html"},"body":"x"}', {
          status: 200,
          header: { "content-type": ["text/html"] },
        }),
        puts("an error status", '{"statusCode":404,"body":"gone"}', {
          status: 404,
          reply: "gone",
          ran: true,
          header: { "content-type": TEXT },
        }),
      ],
    },
  ),
  row("headers", "D O", "Headers are sent as given, a boolean as text.", "lambda-proxy records-of-2024", {
    ours: "Numbers become text too; anything else is a 500, and so is a value that could end its header.",
    cases: [
      puts("text", '{"statusCode":200,"headers":{"x-a":"1, 2","X-B":"b"}}', {
        status: 200,
        header: { "x-a": "1, 2", "x-b": "b" },
      }),
      puts("a number and a boolean", '{"statusCode":200,"headers":{"x-a":1,"x-b":true}}', {
        status: 200,
        header: { "x-a": "1", "x-b": "true" },
      }),
      puts("an object", '{"statusCode":200,"headers":{"x-a":{}}}', broken("`headers`")),
      puts("a line break", '{"statusCode":200,"headers":{"x-a":"1\\r\\nset-cookie: a=1"}}', {
        ...broken("`headers`"),
        header: { "set-cookie": ABSENT },
      }),
      puts("a name with a space", '{"statusCode":200,"headers":{"x a":"1"}}', broken("`headers`")),
      puts(
        "framing is the gateway's",
        '{"statusCode":200,"headers":{"content-length":"99","transfer-encoding":"chunked","connection":"close"},"body":"ab"}',
        { status: 200, reply: "ab", header: { "content-length": "2", "transfer-encoding": ABSENT } },
      ),
      puts("the request id is the gateway's", '{"statusCode":200,"headers":{"apigw-requestid":"x"}}', {
        status: 200,
        header: { "apigw-requestid": /^[A-Za-z0-9_-]{15}=$/ },
      }),
    ],
  }),
  row(
    "header-case",
    "conflict O",
    "Header names in HTTP/1.1: title case in 2025, lower case in 2020.",
    "dotnet-captures jwt-troubleshooting",
    {
      ours: "As the function wrote them; compare without regard to case.",
      cases: [
        puts("capitals", '{"statusCode":200,"headers":{"X-Own":"1"}}', { status: 200, header: { "x-own": "1" } }),
      ],
    },
  ),
  row("multi-value", "D I", "`multiValueHeaders` is no part of format 2.0.", "lambda-proxy", {
    cases: [
      puts("ignored", '{"statusCode":200,"multiValueHeaders":{"x-a":["1","2"]}}', {
        status: 200,
        header: { "x-a": ABSENT },
      }),
    ],
  }),
  row(
    "cookies",
    "D O",
    "Each entry of `cookies` is one `set-cookie`, before one in `headers`.",
    "lambda-proxy ministack-766",
    {
      cases: [
        puts("two", '{"statusCode":200,"cookies":["a=1","b=2; Path=/"]}', {
          status: 200,
          header: { "set-cookie": ["a=1", "b=2; Path=/"] },
        }),
        puts("beside a header", '{"statusCode":200,"headers":{"set-cookie":"c=3"},"cookies":["a=1"]}', {
          status: 200,
          header: { "set-cookie": ["a=1", "c=3"] },
        }),
        puts("a line break", '{"statusCode":200,"cookies":["a=1\\r\\nx: y"]}', broken("`cookies`")),
        puts("an object", '{"statusCode":200,"cookies":{"a":"1"}}', broken("`cookies`")),
      ],
    },
  ),
  row("base64", "O", "`isBase64Encoded` decodes, whatever the client accepts.", "dotnet-captures lambda-proxy", {
    cases: [
      puts(
        "an image",
        '{"statusCode":200,"headers":{"content-type":"image/png"},"body":"iVBORw==","isBase64Encoded":true}',
        { status: 200, header: { "content-type": "image/png", "content-length": "4" } },
      ),
      echo("with an Accept", "POST /reply", {
        headers: [...JSON_BODY, ["accept", "application/json"]],
        body: '{"statusCode":200,"body":"aGk=","isBase64Encoded":true}',
        status: 200,
        reply: "hi",
      }),
      puts("false", '{"statusCode":200,"body":"aGk=","isBase64Encoded":false}', { status: 200, reply: "aGk=" }),
    ],
  }),
  row(
    "error-message",
    "O",
    "An object with `errorMessage` and no `statusCode` is a function's error: 500. `errorMessage` beside a `statusCode`, or as bare text, is nothing special.",
    "records-of-2024",
    {
      cases: [
        puts("an error", '{"errorMessage":"x","errorType":"Error"}', broken("errorMessage")),
        puts("alone", '{"errorMessage":"x"}', broken("errorMessage")),
        puts("bare text", '"errorMessage"', body("errorMessage")),
        puts("with a status", '{"statusCode":200,"errorMessage":"x","body":"b"}', { status: 200, reply: "b" }),
      ],
    },
  ),
  row("bad-status", "O", "A `statusCode` of 0 or 200.5 is a 500.", "dotnet-captures", {
    cases: [
      puts("0", '{"statusCode":0,"body":"x"}', {
        ...broken("`statusCode`"),
        header: { "content-type": "application/json", "content-length": "35" },
      }),
      puts("200.5", '{"statusCode":200.5,"body":"x"}', broken("`statusCode`")),
    ],
  }),
  row(
    "text-status",
    "O",
    "A `statusCode` in text: digits pass as the number that they are, a word is a 500.",
    "records-of-2024",
    {
      cases: [
        puts('"201"', '{"statusCode":"201","body":"x"}', { status: 201, reply: "x" }),
        puts('"test"', '{"statusCode":"test","body":"x"}', broken("`statusCode`")),
      ],
    },
  ),
  row("status-range", "I", "A `statusCode` out of range, or no number, is a 500.", "dotnet-captures", {
    cases: ["99", "600", "1000", "-1", '"x"', "true", "null", "{}", "100"].map((status) =>
      puts(status, `{"statusCode":${status},"body":"x"}`, broken("`statusCode`")),
    ),
  }),
  row("body-type", "O I", "A `body` that is not text is a 500.", "lambda-proxy", {
    cases: ["{}", "5", "true", "[]"].map((value) => puts(value, `{"statusCode":200,"body":${value}}`, broken("body"))),
  }),
  row("no-body", "I", "`statusCode` without `body` is an empty answer.", "lambda-proxy", {
    cases: [
      puts("201", '{"statusCode":201}', { status: 201, reply: "", header: { "content-length": "0" } }),
      puts("null", '{"statusCode":200,"body":null}', { status: 200, reply: "" }),
    ],
  }),
  row(
    "failure",
    "O I",
    "A function that throws, rejects, exits, runs out of memory or cannot start: 500, not 502, and no detail.",
    "cpp#117 stackd dotnet-captures",
    {
      cases: [
        failed("throws", "TypeError", { header: { "content-type": "application/json" } }),
        failed("rejects", "Error"),
        failed("plain-value", "the function failed"),
        failed("exits", "Runtime.ExitError"),
        failed("uncaught", "Error"),
        failed("unhandled", "Runtime.UnhandledPromiseRejection"),
        failed("unsettled", "Runtime.NodeJsExit"),
        failed("unserializable", "Runtime.JSONStringifyError"),
        failed("out-of-memory", "Runtime.ExitError"),
        failed("init", "Error", { ran: false }),
        failed("syntax", "Runtime.UserCodeSyntaxError", { ran: false }),
        failed("import", "Runtime.ImportModuleError", { ran: false }),
        failed("no-handler", "Runtime.HandlerNotFound", { ran: false }),
        failed("bad-handler-name", "Runtime.MalformedHandlerName", { ran: false }),
        on("logged")("the access log knows", "GET /fail", {
          ...answers.serverError,
          access: {
            integrationErrorMessage:
              /^The Lambda function returned the following error: .+\. Check your Lambda function code and try again\.$/,
            "integration.integrationStatus": "200",
            "integration.status": "-",
          },
        }),
      ],
    },
  ),
  row("function-timeout", "I", "The function's own timeout is a function error: 500.", "yulin", {
    cases: [failed("timeout", "its own timeout", { silent: /finally ran/ })],
  }),
  row("integration-timeout", "O", "The integration's timeout is 503, not 504.", "cortex#1225 sst#2232", {
    cases: [
      echo("50 ms", "GET /fail/integration-timeout", {
        ...answers.unavailable,
        journal: ["invocation", "no answer within 50 ms"],
      }),
      on("logged")("the access log knows", "GET /slow", {
        ...answers.unavailable,
        access: { status: "503", integrationStatus: "-", integrationErrorMessage: /./ },
      }),
    ],
  }),
  row("concurrency", "conflict O", "Lambda's throttle: 503 most often, 429 too.", "concurrency-guide", {
    ours: "503.",
    cases: [
      echo("no concurrency reserved", "GET /fail/throttled", {
        ...answers.unavailable,
        ran: false,
        journal: ["invocation", "throttled"],
      }),
    ],
  }),
  row(
    "permission",
    "D",
    "No permission to invoke: 500, the cause in the log only, the function not run.",
    "lambda-troubleshooting sam#1860",
    {
      cases: [
        echo("none", "GET /unpermitted", {
          ...answers.serverError,
          ran: false,
          journal: ["permission", "no permission"],
        }),
        echo("another API's", "GET /other-api", {
          ...answers.serverError,
          ran: false,
          journal: ["permission", "Condition"],
        }),
        echo("another method's", "POST /other-method", {
          ...answers.serverError,
          ran: false,
          journal: ["permission", "Condition"],
        }),
        echo("the API's own ARN", "GET /api-arn", {
          ...answers.serverError,
          ran: false,
          journal: ["permission", "Condition"],
        }),
      ],
    },
  ),
  row("dangling", "D", "A route whose target leads nowhere: 500.", "lambda-troubleshooting", {
    cases: [
      echo("no target", "GET /dangling", { ...answers.serverError, ran: false, journal: ["invocation", "no target"] }),
      on("loose")("an integration's bare id", "GET /bare", {
        ...answers.serverError,
        ran: false,
        journal: ["invocation", "integrations/<id>"],
      }),
    ],
  }),
  row("large-response", "D I", "More than 6 MB out of a function is a function error: 500.", "lambda-limits", {
    cases: [failed("too-large", "ResponseSizeTooLarge")],
  }),
  row("large-request", "O", "More than 6 MB into a function, after encoding: 413.", "large-bodies dotnet#1990", {
    cases: [
      echo("7 MB of text", "POST /items", {
        headers: [["content-type", "text/plain"]],
        body: { repeat: "x", times: 7 * 1024 * 1024 },
        ...answers.tooLarge,
        journal: ["invocation", "6 MB"],
      }),
      echo("5 MB in base64", "POST /items", {
        headers: [["content-type", "image/png"]],
        body: { repeat: "x", times: 5 * 1024 * 1024 },
        ...answers.tooLarge,
        journal: ["invocation", "6 MB"],
      }),
      echo("4 MB in base64 fit", "POST /items", {
        headers: [["content-type", "image/png"]],
        body: { repeat: "x", times: 2 * 1024 * 1024 },
        status: 200,
        ran: true,
      }),
    ],
  }),
  row("over-10-mb", "D O", "More than 10 MB: 413.", "limits-guide large-bodies", {
    cases: [
      echo("11 MB", "POST /items", {
        headers: [["content-type", "text/plain"]],
        body: { repeat: "x", times: 11 * 1024 * 1024 },
        ...answers.tooLarge,
        journal: ["invocation", "10 MB"],
      }),
    ],
  }),
  row(
    "always",
    "O",
    "`date`, `connection: keep-alive`, `content-length` and `apigw-requestid` on every answer; no header of REST APIs.",
    "dotnet-captures live-probes",
    {
      cases: [
        puts("a function's answer", '"x"', {
          status: 200,
          header: {
            date: /GMT$/,
            connection: "keep-alive",
            "content-length": "1",
            "x-amzn-requestid": ABSENT,
            "x-amz-apigw-id": ABSENT,
            "x-amzn-trace-id": ABSENT,
            "x-powered-by": ABSENT,
            server: ABSENT,
          },
        }),
        echo("a refusal", "GET /private", {
          ...answers.unauthorized,
          header: { date: /GMT$/, "content-length": "26" },
        }),
        echo("not found", "GET /nope", { ...answers.notFound, header: { date: /GMT$/, "content-length": "23" } }),
      ],
    },
  ),
  row(
    "empty",
    "O",
    "A 204 has neither type nor length; any other empty answer has a length of 0 and no type.",
    "empty-answers",
    {
      cases: [
        puts("204", '{"statusCode":204}', {
          status: 204,
          reply: "",
          header: { "content-type": ABSENT, "content-length": ABSENT, date: /GMT$/ },
        }),
        puts("302", '{"statusCode":302,"headers":{"location":"/x"}}', {
          status: 302,
          reply: "",
          header: { "content-type": ABSENT, "content-length": "0" },
        }),
        puts("200", '{"statusCode":200,"body":""}', {
          status: 200,
          reply: "",
          header: { "content-type": ABSENT, "content-length": "0" },
        }),
        puts("a type of its own", '{"statusCode":200,"headers":{"content-type":"text/html"}}', {
          status: 200,
          reply: "",
          header: { "content-type": "text/html", "content-length": "0" },
        }),
      ],
    },
  ),
  row("bodyless", "I", "204, 304 and answers to HEAD have no body.", "rfc9110", {
    cases: [
      puts("204", '{"statusCode":204,"body":"x"}', { status: 204, reply: "" }),
      puts("304", '{"statusCode":304,"body":"x"}', { status: 304, reply: "" }),
      echo("HEAD", "HEAD /reply", {
        status: 200,
        reply: "",
        header: { "content-type": "text/html", "content-length": "9" },
      }),
    ],
  }),
];
