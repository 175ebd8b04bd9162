import { ABSENT, answers, on, type Row, rowsOf } from "../support/case.ts";

const row = rowsOf("lambda");
const echo = on("echo");
const introspects = (json: Readonly<Record<string, unknown>>) => ({ status: 200, ran: true, json });
const ID = "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}";
const variable = (name: string, wanted: unknown) =>
  echo(name, "GET /introspect", introspects({ [`/environment/${name}`]: wanted }));
const failing = (how: string, reason: string, more: object = {}) =>
  echo(how, `GET /fail/${how}`, { ...answers.serverError, journal: ["invocation", reason], ...more });

export const lambdaRows: readonly Row[] = [
  row("environment", "D", "The reserved environment variables of the runtime.", "env-guide runtime-client", {
    cases: [
      variable("AWS_REGION", /^[a-z]{2}-[a-z]+-\d$/),
      variable("AWS_DEFAULT_REGION", /^[a-z]{2}-[a-z]+-\d$/),
      variable("AWS_EXECUTION_ENV", "AWS_Lambda_nodejs24.x"),
      variable("AWS_LAMBDA_FUNCTION_NAME", /introspect/),
      variable("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
      variable("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
      variable("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"),
      variable("AWS_LAMBDA_LOG_GROUP_NAME", /^\/aws\/lambda\/.*introspect/),
      variable("AWS_LAMBDA_LOG_STREAM_NAME", /^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/),
      variable("AWS_ACCESS_KEY_ID", /^ASIA/),
      variable("AWS_SESSION_TOKEN", /./),
      variable("LAMBDA_RUNTIME_DIR", "/var/runtime"),
      variable("_HANDLER", "introspect.handler"),
      variable("TZ", ":UTC"),
      variable("LANG", "en_US.UTF-8"),
      variable("GREETING", "hello"),
      echo(
        "nothing of the host",
        "GET /introspect",
        introspects({
          "/environment/HOME": ABSENT,
          "/environment/USER": ABSENT,
          "/environment/VITEST": ABSENT,
          "/environment/npm_config_user_agent": ABSENT,
        }),
      ),
      echo(
        "the trace of the request",
        "GET /introspect",
        introspects({ "/traceMatches": true, "/environment/_X_AMZN_TRACE_ID": /^Root=1-[0-9a-f]{8}-[0-9a-f]{24}/ }),
      ),
    ],
  }),
  row("environment-limits", "D", "Reserved names cannot be set, and all variables together have 4 KB.", "env-guide", {
    cannot: "Refused at start.",
    shownBy: [
      ["tests/conformance/sections/not-emulated.ts", "Reserved environment variables (AWS refuses them too)"],
      ["tests/conformance/sections/not-emulated.ts", "More than 4 KB of environment variables (AWS refuses them too)"],
    ],
  }),
  row(
    "context",
    "D",
    "The context's members; memory in text, a request id that is not the gateway's.",
    "context-guide runtime-client",
    {
      cases: [
        echo(
          "names",
          "GET /introspect",
          introspects({
            "/context/functionName": /introspect/,
            "/context/functionVersion": "$LATEST",
            "/context/memoryLimitInMB": "256",
            "/memoryLimitType": "string",
            "/context/logGroupName": /^\/aws\/lambda\//,
            "/context/invokedFunctionArn": /^arn:aws:lambda:[a-z0-9-]+:\d{12}:function:.*introspect[^:]*$/,
            "/context/clientContext": "undefined",
            "/context/tenantId": "undefined",
          }),
        ),
        echo(
          "the request id",
          "GET /introspect",
          introspects({ "/context/awsRequestId": new RegExp(`^${ID}$`), "/requestIdDiffers": true }),
        ),
      ],
    },
  ),
  row(
    "result",
    "D",
    "The result is `JSON.stringify` of what the handler returns; nothing is `null`.",
    "runtime-client handler-guide",
    {
      cases: [
        echo("undefined", "GET /nothing", { status: 200, reply: "null", ran: true }),
        failing("unserializable", "Runtime.JSONStringifyError"),
      ],
    },
  ),
  row("unsettled", "D", "A promise that never settles ends as `Runtime.NodeJsExit`.", "runtime-client", {
    cases: [failing("unsettled", "Runtime.NodeJsExit")],
  }),
  row("error-types", "D", "What cannot be loaded has an error type of its own.", "runtime-client exceptions-guide", {
    cases: [
      failing("import", "Runtime.ImportModuleError"),
      failing("no-handler", "Runtime.HandlerNotFound"),
      failing("syntax", "Runtime.UserCodeSyntaxError"),
      failing("bad-handler-name", "Runtime.MalformedHandlerName"),
      failing("unhandled", "Runtime.UnhandledPromiseRejection"),
      failing("init", "Error"),
      failing("throws", "TypeError"),
    ],
  }),
  row(
    "death",
    "D",
    "An unhandled rejection or exception ends the process: the next invocation is a cold start.",
    "runtime-client",
    {
      cases: [
        failing("unhandled", "Runtime.UnhandledPromiseRejection", {
          before: ["GET /fail/unhandled"],
          log: [/^REPORT .*Init Duration/],
        }),
        failing("uncaught", "Error", { before: ["GET /fail/uncaught"], log: [/^REPORT .*Init Duration/] }),
        failing("exits", "Runtime.ExitError", {
          before: ["GET /fail/exits"],
          log: [/exit status 3|Runtime exited/, /^REPORT .*Init Duration/],
        }),
        echo("an error that is thrown does not", "GET /fail/throws", {
          before: ["GET /fail/throws"],
          ...answers.serverError,
          silent: /Init Duration/,
        }),
      ],
    },
  ),
  row(
    "error-payload",
    "D",
    "Type, message and trace go to the log; the client sees none of it.",
    "exceptions-guide runtime-client",
    {
      cases: [
        echo("a TypeError", "GET /fail/throws", {
          ...answers.serverError,
          log: [
            new RegExp(`\\t${ID}\\tERROR\\tInvoke Error \\t\\{"errorType":"TypeError","errorMessage":"secret detail"`),
          ],
        }),
      ],
    },
  ),
  row(
    "log-line",
    "D",
    "A log line is time, request id, level and text, separated by tabs.",
    "logging-guide runtime-client",
    {
      cases: [
        echo("console.log", "GET /logs", {
          status: 200,
          log: [new RegExp(`^\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z\\t${ID}\\tINFO\\tplain text$`)],
        }),
        echo("console.error keeps its lines", "GET /logs", {
          status: 200,
          log: [new RegExp(`\\t${ID}\\tERROR\\tan error\\nin two lines$`)],
        }),
        echo("an object", "GET /logs", { status: 200, log: [/\tWARN\t\{ a: 1 \}$/] }),
      ],
    },
  ),
  row(
    "report",
    "O",
    "A report's fields end with a tab, but for those of a failure: a timeout is reported with the timeout itself, a runtime that was killed for its memory as `Runtime.OutOfMemory`, and an init that failed has an `INIT_REPORT` for each of its two tries.",
    "report-lines",
    {
      cases: [
        echo("a success", "GET /logs", {
          status: 200,
          log: [/^REPORT .*Max Memory Used: \d+ MB\t(?:Init Duration: [\d.]+ ms\t)?$/],
        }),
        failing("timeout", "its own timeout", {
          log: [/^REPORT .*\tDuration: 1000\.00 ms\tBilled Duration: \d+ ms\t.*\tStatus: timeout$/],
        }),
        failing("out-of-memory", "Runtime.ExitError", {
          log: [
            /Runtime exited with error: signal: killed\nRuntime\.ExitError$/,
            /\tStatus: error\tError Type: Runtime\.OutOfMemory$/,
          ],
        }),
        failing("import", "Runtime.ImportModuleError", {
          log: [
            /^INIT_REPORT Init Duration: [\d.]+ ms\tPhase: init\tStatus: error\tError Type: Runtime\.ImportModuleError$/,
            /^START /,
            /^INIT_REPORT Init Duration: [\d.]+ ms\tPhase: invoke\tStatus: error\tError Type: Runtime\.ImportModuleError$/,
            /^REPORT .*\tStatus: error\tError Type: Runtime\.ImportModuleError$/,
          ],
        }),
      ],
    },
  ),
  row("platform-lines", "D", "START, END and REPORT around each invocation.", "environment-guide", {
    cases: [
      echo("in order", "GET /logs", {
        status: 200,
        log: [
          new RegExp(`^START RequestId: ${ID} Version: \\$LATEST$`),
          /\tINFO\t/,
          new RegExp(`^END RequestId: ${ID}$`),
          new RegExp(
            `^REPORT RequestId: ${ID}\\tDuration: [\\d.]+ ms\\tBilled Duration: \\d+ ms\\tMemory Size: 128 MB\\tMax Memory Used: \\d+ MB`,
          ),
        ],
      }),
      echo("a warm one has no init", "GET /counter", {
        before: ["GET /counter"],
        status: 200,
        log: [/^REPORT /],
        silent: /Init Duration/,
      }),
    ],
  }),
  row(
    "timeout",
    "O D",
    "`Task timed out after 1.00 seconds`; the process is killed, `finally` does not run, the next start is cold.",
    "stackd environment-guide",
    {
      cases: [
        failing("timeout", "its own timeout", {
          log: [
            new RegExp(`^\\d{4}-[\\dT:.-]+Z ${ID} Task timed out after 1\\.00 seconds$`),
            /^END /,
            /^REPORT .*Status: timeout/,
          ],
          silent: /finally ran/,
        }),
      ],
    },
  ),
  row("defaults", "D", "3 s, 128 MB.", "lambda-limits", {
    cases: [echo("memory", "GET /logs", { status: 200, log: [/Memory Size: 128 MB/] })],
  }),
  row("configured", "D", "Memory and timeout as configured.", "lambda-limits", {
    cases: [echo("256 MB", "GET /introspect", { status: 200, log: [/Memory Size: 256 MB/] })],
  }),
  row("reuse", "D", "Module state survives from one invocation to the next.", "environment-guide", {
    cases: [
      echo("a counter", "GET /counter", {
        before: ["GET /counter", "GET /counter"],
        status: 200,
        ran: true,
        json: { "/count": /^/ },
      }),
    ].map((entry) => ({ ...entry, json: {}, reply: /^\{"count":([3-9]|\d\d+)\}$/ })),
  }),
  row("concurrency", "D", "One invocation at a time in an environment.", "environment-guide", {
    cannot: "Needs overlapping requests.",
    shownBy: [
      ["tests/lambda/runner.test.ts", "gives events that come together sandboxes of their own"],
      ["tests/lambda/runner.test.ts", "lets events wait when the bound is reached"],
    ],
  }),
  row("init-limit", "D", "Init has 10 s, then runs again inside the invocation's own timeout.", "environment-guide", {
    cannot: "Would take 10 s: shown with a shorter limit.",
    shownBy: [
      [
        "tests/lambda/sandbox.test.ts",
        "whose init takes too long runs it again inside the invocation, and is warm when it then ends",
      ],
      ["tests/lambda/sandbox.test.ts", "whose init takes too long starts over inside the invocation's own timeout"],
    ],
  }),
  row("freeze", "D", "The process is frozen after the answer.", "environment-guide", {
    ours: "A thread cannot be frozen: timers that were left behind may fire while it waits. The answer does not wait for them.",
    cases: [
      echo("the answer does not wait", "GET /late", { status: 200, reply: "at once", silent: /after the answer/ }),
    ],
  }),
  row(
    "node-22",
    "D",
    "Node.js 22: callbacks and `context.succeed` work, with a warning for three parameters.",
    "runtime-client",
    {
      cases: [
        echo("a callback", "GET /callback-22", {
          status: 200,
          reply: "by callback",
          ran: true,
          log: [/WARN\tAWS Lambda plans to remove support for callback-based function handlers/],
        }),
        echo("context.succeed", "GET /done-22", { status: 200, reply: "by context", ran: true }),
      ],
    },
  ),
  row(
    "node-24",
    "D",
    "Node.js 24: no callbacks, no `context.done`; what is not returned is not waited for.",
    "handler-guide runtime-client#137",
    {
      cases: [
        failing("callback", "Runtime.CallbackHandlerDeprecated"),
        echo("the context", "GET /context-24", {
          status: 200,
          ran: true,
          json: {
            "/keys": [
              "awsRequestId",
              "clientContext",
              "functionName",
              "functionVersion",
              "getRemainingTimeInMillis",
              "identity",
              "invokedFunctionArn",
              "logGroupName",
              "logStreamName",
              "memoryLimitInMB",
              "tenantId",
            ],
          },
        }),
      ],
    },
  ),
  row("sdk", "D", "The runtime brings version 3 of the SDK, not version 2.", "nodejs-guide", {
    cases: [
      echo(
        "CommonJS",
        "GET /introspect",
        introspects({ "/sdk": ["object", "object"], "/oldSdk": false, "/node": "24" }),
      ),
    ],
  }),
  row("modules", "D", "ES modules, with top-level await in init.", "nodejs-guide", {
    cases: [echo(".mjs", "GET /introspect-module", introspects({ "/word": "awaited", "/sdk": "function" }))],
  }),
  row("payload", "D", "6 MB in and out of a synchronous invocation.", "lambda-limits", {
    cases: [failing("too-large", "Function.ResponseSizeTooLarge")],
  }),
];
