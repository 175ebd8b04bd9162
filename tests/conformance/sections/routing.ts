import { answers, bearer, on, type Row, rowsOf } from "../support/case.ts";

const row = rowsOf("routing");
const echo = on("echo");
const precedence = on("precedence");
const goes = (routeKey: string, more: Readonly<Record<string, unknown>> = {}) => ({
  status: 200,
  ran: true,
  json: { "/routeKey": routeKey, ...more },
});
const toRoute = (send: string, routeKey: string) => precedence(send, send, goes(routeKey));
const nothing = (send: string) => echo(send, send, { ...answers.notFound, journal: ["route", ""] });

export const routingRows: readonly Row[] = [
  row(
    "stage",
    "D",
    "A first segment that names a deployed stage chooses it; otherwise `$default`, and without one 404.",
    "routes stages",
    {
      cases: [
        on("both-stages")(
          "a named one wins over $default",
          "GET /dev/items",
          goes("GET /items", { "/requestContext/stage": "dev" }),
        ),
        on("both-stages")(
          "$default otherwise",
          "GET /items",
          goes("GET /items", { "/requestContext/stage": "$default" }),
        ),
        on("both-stages")(
          "one that is not deployed does not count",
          "GET /idle/items",
          goes("GET /idle/items", { "/requestContext/stage": "$default" }),
        ),
        on("staged")("no $default", "GET /items", { ...answers.notFound, journal: ["route", "no $default stage"] }),
        on("staged")("no $default, with a token", "GET /private", { headers: bearer("access"), ...answers.notFound }),
        on("staged")("one that is not deployed", "GET /idle/items", answers.notFound),
        on("staged")("another case", "GET /DEV/items", answers.notFound),
        on("staged")("$default by name", "GET /$default/items", answers.notFound),
        on("named-default")("a stage named default is a named stage", "GET /items", answers.notFound),
        on("named-default")("and answers under its name", "GET /default/items", goes("GET /items")),
        on("staged")("the prefix of a name is not the name", "GET /devs/items", answers.notFound),
      ],
    },
  ),
  row("priority", "D", "A full match, then `{proxy+}`, then `$default`.", "routes", {
    cases: [
      toRoute("GET /pets/dog/1", "GET /pets/dog/1"),
      toRoute("GET /pets/dog/2", "GET /pets/dog/{id}"),
      toRoute("GET /pets/cat/2", "GET /pets/{proxy+}"),
      toRoute("POST /test/5", "ANY /{proxy+}"),
      toRoute("GET /", "$default"),
      on("open-default-first")("a route behind an open $default", "GET /todos", {
        ...answers.unauthorized,
        header: { "www-authenticate": "Bearer" },
      }),
      on("open-default-last")("and in the other order", "GET /todos", {
        ...answers.unauthorized,
        header: { "www-authenticate": "Bearer" },
      }),
      ...(["open-default-first", "open-default-last"] as const).flatMap((api) =>
        ["POST /todos", "GET /nope", "POST /todos/1", "GET /todos/", "GET /TODOS"].map((send) =>
          on(api)(`${send} goes to the open one, ${api}`, send, goes("$default")),
        ),
      ),
    ],
  }),
  row(
    "refinement",
    "D O",
    "A literal wins over a parameter from left to right, the longest greedy prefix over shorter ones, the exact method over `ANY`.",
    "routes yulin",
    {
      cases: [
        toRoute("GET /pets/cat/1", "GET /pets/{kind}/1"),
        toRoute("GET /mixed", "GET /mixed"),
        toRoute("POST /mixed", "ANY /mixed"),
        toRoute("GET /a/b/c", "GET /a/b/{proxy+}"),
        toRoute("GET /a/c", "GET /a/{proxy+}"),
      ],
    },
  ),
  row("path-before-method", "D I", "A route whose method differs does not hide less specific routes.", "routes", {
    cases: [toRoute("POST /pets/dog/1", "ANY /{proxy+}"), toRoute("DELETE /a/b/c", "ANY /{proxy+}")],
  }),
  row("no-match", "D O", "No match is 404; so is a wrong method: never 405, and no `Allow`.", "routes yulin", {
    cases: [
      "GET /nope",
      "POST /items/1",
      "DELETE /items",
      "GET /items/1/2",
      "GET /item",
      "GET /itemsx",
      "PUT /",
      "PATCH /private",
    ].map(nothing),
  }),
  row("authorizer-on-no-match", "O", "A token is not checked where no route matches.", "live-probes ministack#1256", {
    cases: [
      echo("a bad token", "GET /nope", { headers: [["authorization", "Bearer x"]], ...answers.notFound }),
      echo("a wrong method on a protected path", "DELETE /private", answers.notFound),
      echo("an expired token", "POST /scoped", { headers: bearer("expired"), ...answers.notFound }),
    ],
  }),
  row("greedy-empty", "O U", "`/x/{proxy+}` does not match `/x`; `/x/` is unknown.", "yulin w3infra#166", {
    ours: "`/x/` does not match either.",
    cases: [
      on("prefix")("/x", "GET /x", answers.notFound),
      on("prefix")("/x/", "GET /x/", answers.notFound),
      on("prefix")("/x/a", "GET /x/a", goes("GET /x/{proxy+}", { "/pathParameters/proxy": "a" })),
    ],
  }),
  row("root", "D I", "`/{proxy+}` does not match `/`; `$default` does.", "routes", {
    cases: [
      on("greedy")("greedy", "GET /", answers.notFound),
      toRoute("POST /", "$default"),
      echo("a route of its own", "GET /", goes("GET /")),
    ],
  }),
  row(
    "parameter-names",
    "O I",
    "Two keys that differ in parameter names only are one route: the second is refused.",
    "yulin",
    {
      cannot: "Refused at start.",
      shownBy: [["tests/apigateway/http-api.test.ts", "routes that differ in parameter names only"]],
    },
  ),
  row("key-trailing-slash", "O", "A route key that ends with a slash is refused.", "sam#1949 w3infra#166", {
    cannot: "Refused at start.",
    shownBy: [["tests/apigateway/http-api.test.ts", "a trailing slash"]],
  }),
  row("trailing-slash", "conflict U", "`/items/` against `GET /items`.", "w3infra#166 powertools#1552", {
    ours: "404: a trailing slash is another path.",
    cases: [
      nothing("GET /items/"),
      echo("a protected route", "GET /private/", answers.notFound),
      echo("behind a parameter", "GET /items/1/", answers.notFound),
    ],
  }),
  row("case", "I", "Paths are compared with regard to case; methods are in capitals.", "routes", {
    cases: [nothing("GET /Items"), nothing("GET /ITEMS"), echo("a protected route", "GET /PRIVATE", answers.notFound)],
  }),
  row(
    "encoded-slash",
    "O I",
    "A `%2F` is decoded before the function sees it; whether it divides segments is disputed between sources.",
    "path-captures",
    {
      ours: "It does: matching sees the decoded path.",
      cases: [
        echo("no parameter can hold one", "GET /items/a%2Fb", answers.notFound),
        echo("a greedy one can", "GET /echo/a%2Fb", goes("ANY /echo/{proxy+}", { "/pathParameters/proxy": "a/b" })),
        echo("no way round an authorizer", "GET /%70rivate", { ...answers.unauthorized }),
        echo("nor by a second encoding", "GET /%2570rivate", { ...answers.unauthorized }),
      ],
    },
  ),
  row(
    "leading-slashes",
    "O",
    "Slashes at the start collapse into one, before matching and in `rawPath`.",
    "records-of-2024 localstack#8170",
    {
      cases: [
        echo("two", "GET //items", goes("GET /items", { "/rawPath": "/items", "/requestContext/http/path": "/items" })),
        echo("five", "GET /////items", goes("GET /items", { "/rawPath": "/items" })),
        echo("none behind them", "GET //", goes("GET /", { "/rawPath": "/" })),
        echo("no way round an authorizer", "GET //private", answers.unauthorized),
        on("staged")("before a stage", "GET //dev/items", goes("GET /items", { "/rawPath": "/dev/items" })),
      ],
    },
  ),
  row(
    "dot-segments",
    "I",
    "Dot segments, encoded or not, are resolved before matching: one record. `..` before an encoded slash is 400.",
    "records-of-2024",
    {
      cases: [
        echo("a way to a route", "GET /nope/../items", goes("GET /items", { "/rawPath": "/items" })),
        echo("encoded", "GET /nope/%2e%2e%2fitems", goes("GET /items", { "/rawPath": "/items" })),
        echo("encoded twice", "GET /nope/%252e%252e%252fitems", goes("GET /items", { "/rawPath": "/items" })),
        echo("a dot alone", "GET /./items", goes("GET /items", { "/rawPath": "/items" })),
        echo("above the root", "GET /../../items", goes("GET /items", { "/rawPath": "/items" })),
        echo("no way round an authorizer", "GET /items/../private", answers.unauthorized),
        echo("nor encoded", "GET /items/%2e%2e/private", answers.unauthorized),
        echo(
          "none reaches a function",
          "GET /echo/a/../b",
          goes("ANY /echo/{proxy+}", { "/pathParameters/proxy": "b" }),
        ),
        echo("before an encoded slash", "GET /nope/..%2fitems", {
          status: 400,
          reply: '{"message":"Bad Request"}',
          ran: false,
        }),
        echo("before one in capitals", "GET /nope/..%2Fitems", { status: 400, ran: false }),
      ],
    },
  ),
  row("double-slash", "U", "Empty segments behind the first.", "routes", {
    ours: "They are segments, and no parameter matches one: 404.",
    cases: [nothing("GET /items//")],
  }),
  row("head", "I", "HEAD needs a route of its own.", "routes", {
    cases: [
      echo("on a GET route", "HEAD /items", { status: 404, ran: false, reply: "" }),
      echo("on its own", "HEAD /items/1", { status: 200, ran: true, reply: "" }),
      echo("on ANY", "HEAD /any", { status: 200, ran: true, reply: "" }),
      echo("on a protected GET route", "HEAD /private", { status: 404, ran: false, reply: "" }),
    ],
  }),
  row(
    "options",
    "O",
    "Without CORS configuration OPTIONS is a method like any other: 404 unless routed.",
    "preflight-404",
    {
      cases: [
        echo("unrouted", "OPTIONS /items", {
          headers: [
            ["origin", "https://app.example.com"],
            ["access-control-request-method", "GET"],
          ],
          ...answers.notFound,
        }),
        echo("on ANY", "OPTIONS /any", goes("ANY /any")),
      ],
    },
  ),
  row("methods", "D", "DELETE, GET, HEAD, OPTIONS, PATCH, POST and PUT; others are 404.", "logging-variables", {
    cases: [
      echo("PATCH", "PATCH /patched", goes("PATCH /patched")),
      echo("DELETE", "DELETE /deleted", goes("DELETE /deleted")),
      echo("PUT", "PUT /items/1", goes("PUT /items/{id}")),
      echo("POST", "POST /items", goes("POST /items")),
      ...["TRACE", "PROPFIND", "PURGE"].map((method) => echo(`${method} on ANY`, `${method} /any`, answers.notFound)),
      on("precedence")("TRACE on $default", "TRACE /", answers.notFound),
    ],
  }),
  row("quotas", "D", "300 routes, 300 integrations and 10 stages in an API.", "limits-guide", {
    cannot:
      "Routes and stages can be raised for an account; a program over its quotas is refused by AWS, not answered.",
  }),
  row("auto-deploy", "D", "A stage that was never deployed answers nothing.", "stages terraform#17955", {
    cases: [
      on("undeployed")("$default", "GET /items", { ...answers.notFound, journal: ["route", "not deployed"] }),
      on("undeployed")("with a token", "GET /items", { headers: bearer("access"), ...answers.notFound }),
    ],
  }),
  row("disabled-endpoint", "O", "A disabled execute-api endpoint answers 404.", "floci#2054", {
    cases: [on("disabled")("a route", "GET /items", { status: 404, ran: false })],
  }),
];
