import { ABSENT, bearer, on, type Row, rowsOf } from "../support/case.ts";
import { NOW_MILLISECONDS } from "../support/tokens.ts";

const row = rowsOf("event");
const echo = on("echo");
const CONTEXT = "/requestContext";
const JWT = "/requestContext/authorizer/jwt";
const sees = (json: Readonly<Record<string, unknown>>) => ({ status: 200, ran: true, json });
const path = (target: string, decoded: string) =>
  echo(
    target,
    `GET /echo/${target}`,
    sees({
      "/rawPath": `/echo/${decoded}`,
      [`${CONTEXT}/http/path`]: `/echo/${decoded}`,
      "/pathParameters/proxy": decoded,
    }),
  );
const typed = (name: string, type: string | undefined, body: string, text: boolean) =>
  echo(name, "POST /items", {
    ...(type === undefined ? {} : { headers: [["content-type", type]] }),
    body,
    ...sees({
      "/isBase64Encoded": !text,
      "/body": text ? body : Buffer.from(body).toString("base64"),
      "/headers/content-type": type ?? ABSENT,
    }),
  });
const claim = (token: string, name: string, text: unknown) =>
  echo(`${token}, ${name}`, "GET /private", {
    headers: bearer(token),
    ...sees({ [`${JWT}/claims/${name.replaceAll("/", "~1")}`]: text }),
  });

export const eventRows: readonly Row[] = [
  row("omitted", "O", "What does not apply is left out, never null.", "live-probes ministack-766 types-75548", {
    cases: [
      echo(
        "a plain GET",
        "GET /items",
        sees({
          "/cookies": ABSENT,
          "/queryStringParameters": ABSENT,
          "/pathParameters": ABSENT,
          "/stageVariables": ABSENT,
          "/body": ABSENT,
          [`${CONTEXT}/authentication`]: ABSENT,
          [`${CONTEXT}/authorizer`]: ABSENT,
          "/isBase64Encoded": false,
        }),
      ),
      on("precedence")("the default route", "DELETE /", sees({ "/pathParameters": ABSENT, "/routeKey": "$default" })),
    ],
  }),
  row("version", "D", "`version` is `2.0`, and members of format 1.0 are not there.", "lambda-proxy", {
    cases: [
      echo(
        "a GET",
        "GET /items",
        sees({
          "/version": "2.0",
          "/httpMethod": ABSENT,
          "/path": ABSENT,
          "/resource": ABSENT,
          "/multiValueHeaders": ABSENT,
        }),
      ),
    ],
  }),
  row("route-key", "D O", "`routeKey` is the matched key as configured.", "lambda-proxy dotnet-captures", {
    cases: [
      echo(
        "with a parameter",
        "GET /items/1",
        sees({ "/routeKey": "GET /items/{id}", [`${CONTEXT}/routeKey`]: "GET /items/{id}" }),
      ),
      echo("ANY", "PATCH /any", sees({ "/routeKey": "ANY /any" })),
      echo("greedy", "GET /echo/a/b", sees({ "/routeKey": "ANY /echo/{proxy+}" })),
      on("precedence")("$default", "DELETE /", sees({ "/routeKey": "$default", [`${CONTEXT}/routeKey`]: "$default" })),
    ],
  }),
  row(
    "raw-path",
    "O",
    "`rawPath` and `http.path` are URL-decoded, despite the name.",
    "path-captures dotnet-captures hono#2156",
    {
      cases: [
        path("space%20value", "space value"),
        path("%E4%BD%A0%E5%A5%BD", "你好"),
        path("a%23b", "a#b"),
        path("a+b", "a+b"),
        path("a%2Bb", "a+b"),
        path("%22quoted%22", '"quoted"'),
        path("a%3Bb;c=d", "a;b;c=d"),
        path("~user/@x:y", "~user/@x:y"),
        path("%F0%9F%98%80", "😀"),
        path("a%5Cb", "a\\b"),
      ],
    },
  ),
  row(
    "raw-path-odd",
    "O",
    "Odd cases: decoded twice, cut at a decoded `?`, a stray percent sign refuses the request.",
    "path-captures",
    {
      cases: [
        path("a%2Fb", "a/b"),
        path("a%252Fb", "a/b"),
        path("a%2525b", "a%b"),
        path("a%253Fb", "a?b"),
        echo("a%3Fb", "GET /echo/a%3Fb", sees({ "/rawPath": "/echo/a", "/rawQueryString": "" })),
        echo("a%3Fb and a query", "GET /echo/a%3Fb?c=d", sees({ "/rawPath": "/echo/a", "/rawQueryString": "c=d" })),
        echo("%25done", "GET /echo/%25done", { status: 400, ran: false, journal: ["route", "percent sign"] }),
        echo("%", "GET /echo/%", { status: 400, ran: false }),
        echo("%zz", "GET /echo/%zz", { status: 400, ran: false }),
        echo("half a character", "GET /echo/%E4%BD", { status: 400, ran: false }),
      ],
    },
  ),
  row(
    "stage-prefix",
    "O",
    "A named stage stands in front of `rawPath`; `routeKey` and parameters come from the path behind it.",
    "yulin floci#2172 powertools#621",
    {
      cases: [
        echo("$default", "GET /items/6", sees({ "/rawPath": "/items/6", [`${CONTEXT}/stage`]: "$default" })),
        on("staged")(
          "dev",
          "GET /dev/items/6",
          sees({
            "/rawPath": "/dev/items/6",
            [`${CONTEXT}/http/path`]: "/dev/items/6",
            "/routeKey": "GET /items/{id}",
            "/pathParameters/id": "6",
            [`${CONTEXT}/stage`]: "dev",
          }),
        ),
        on("staged")(
          "dev, greedy",
          "GET /dev/echo/dev/x",
          sees({ "/rawPath": "/dev/echo/dev/x", "/pathParameters/proxy": "dev/x" }),
        ),
        on("staged")("dev, the root", "GET /dev", sees({ "/routeKey": "GET /" })),
      ],
    },
  ),
  row("raw-query", "O", "`rawQueryString` is as sent, without `?`; empty where there is none.", "dotnet-captures", {
    cases: [
      echo("encoded", "GET /items?q=a%20b&x=%26&y=a+b", sees({ "/rawQueryString": "q=a%20b&x=%26&y=a+b" })),
      echo("order and repetition", "GET /items?b=1&a=2&b=3", sees({ "/rawQueryString": "b=1&a=2&b=3" })),
      echo("none", "GET /items", sees({ "/rawQueryString": "" })),
      echo(
        "question marks",
        "GET /items?a=b?c",
        sees({ "/rawQueryString": "a=b?c", "/queryStringParameters/a": "b?c" }),
      ),
      echo("a broken escape", "GET /items?a=%zz", sees({ "/rawQueryString": "a=%zz" })),
      echo("a question mark alone", "GET /items?", sees({ "/rawQueryString": "", "/queryStringParameters": ABSENT })),
    ],
  }),
  row(
    "query-parameters",
    "D O",
    "`queryStringParameters` are decoded, `+` is a space, repeated names are joined by a comma in order.",
    "lambda-proxy dotnet-captures",
    {
      cases: [
        echo(
          "repeated",
          "GET /items?limit=1&limit=2&tag=a,b",
          sees({ "/queryStringParameters": { limit: "1,2", tag: "a,b" } }),
        ),
        echo("plus and escapes", "GET /items?q=a+b%2Bc%20d", sees({ "/queryStringParameters/q": "a b+c d" })),
        echo("empty values", "GET /items?a=&b", sees({ "/queryStringParameters": { a: "", b: "" } })),
        echo("encoded names", "GET /items?a%5B0%5D=x", sees({ "/queryStringParameters/a[0]": "x" })),
        echo(
          "names of JavaScript's own",
          "GET /items?__proto__=x&constructor=y",
          sees({ "/queryStringParameters/constructor": "y", "/queryStringParameters/__proto__": "x" }),
        ),
        echo("an equals sign in a value", "GET /items?a=b=c", sees({ "/queryStringParameters/a": "b=c" })),
      ],
    },
  ),
  row(
    "path-parameters",
    "O",
    "`pathParameters` are decoded; a greedy value has no leading slash.",
    "dotnet-captures yulin",
    {
      cases: [
        echo("decoded", "GET /items/a%20b", sees({ "/pathParameters": { id: "a b" } })),
        echo("two", "GET /pets/a/toys/b", sees({ "/pathParameters": { id: "a", toy: "b" } })),
        echo("greedy", "GET /echo/a/b/c", sees({ "/pathParameters": { proxy: "a/b/c" } })),
        echo("greedy with a slash at the end", "GET /echo/a/", sees({ "/pathParameters": { proxy: "a/" } })),
      ],
    },
  ),
  row(
    "headers",
    "D O",
    "Header names in lower case; repeated ones joined by a comma without a space.",
    "lambda-proxy request-captures",
    {
      cases: [
        echo("repeated", "GET /items", {
          headers: [
            ["X-Trace", "first"],
            ["x-trace", "second"],
          ],
          ...sees({ "/headers/x-trace": "first,second" }),
        }),
        echo("capitals", "GET /items", {
          headers: [["X-ONE", "A b"]],
          ...sees({ "/headers/x-one": "A b", "/headers/X-ONE": ABSENT }),
        }),
        echo("a comma inside", "GET /items", {
          headers: [
            ["x-a", "1, 2"],
            ["x-a", "3"],
          ],
          ...sees({ "/headers/x-a": "1, 2,3" }),
        }),
        echo("names of JavaScript's own", "GET /items", {
          headers: [
            ["constructor", "x"],
            ["__proto__", "y"],
          ],
          ...sees({ "/headers/constructor": "x", "/headers/__proto__": "y" }),
        }),
        echo(
          "no multi-value map",
          "GET /items",
          sees({ "/multiValueHeaders": ABSENT, "/multiValueQueryStringParameters": ABSENT }),
        ),
      ],
    },
  ),
  row(
    "added-headers",
    "O",
    "The gateway adds trace id, forwarding headers and, without a body, `content-length: 0`.",
    "dotnet-captures request-captures next#31",
    {
      cases: [
        echo(
          "without a body",
          "GET /items",
          sees({
            "/headers/x-amzn-trace-id": /^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/,
            "/headers/x-forwarded-port": "443",
            "/headers/x-forwarded-proto": "https",
            "/headers/content-length": "0",
            "/headers/x-forwarded-for": /^[0-9a-f.:]+$/,
          }),
        ),
        echo("with a body", "POST /items", {
          headers: [["content-type", "application/json"]],
          body: "{}",
          ...sees({ "/headers/content-length": "2" }),
        }),
        echo("the client's own are not believed", "GET /items", {
          headers: [
            ["x-forwarded-proto", "http"],
            ["x-forwarded-port", "80"],
            ["x-forwarded-for", "1.2.3.4"],
          ],
          ...sees({
            "/headers/x-forwarded-proto": "https",
            "/headers/x-forwarded-port": "443",
            "/headers/x-forwarded-for": /^1\.2\.3\.4, [0-9a-f.:]+$/,
            [`${CONTEXT}/http/sourceIp`]: /^(?!1\.2\.3\.4)/,
          }),
        }),
        echo("host", "GET /items", {
          headers: [["host", "api.example.com"]],
          ...sees({ "/headers/host": "api.example.com" }),
          local: "the endpoint answers to its own host only",
        }),
      ],
    },
  ),
  row(
    "cookies",
    "D O",
    "Cookies leave the headers and become a list.",
    "lambda-proxy dotnet-captures request-captures",
    {
      cases: [
        echo("two in one header", "GET /items", {
          headers: [["cookie", "a=1; b=2"]],
          ...sees({ "/cookies": ["a=1", "b=2"], "/headers/cookie": ABSENT }),
        }),
        echo("one", "GET /items", { headers: [["Cookie", "a=1"]], ...sees({ "/cookies": ["a=1"] }) }),
        echo("an equals sign inside", "GET /items", {
          headers: [["cookie", "a=b=c"]],
          ...sees({ "/cookies": ["a=b=c"] }),
        }),
      ],
    },
  ),
  row("authorization-header", "O", "`authorization` is passed on unchanged.", "live-probes", {
    cases: [
      echo("an open route", "GET /items", {
        headers: [["Authorization", "Basic dTpw"]],
        ...sees({ "/headers/authorization": "Basic dTpw" }),
      }),
      echo("a protected route", "GET /private", {
        headers: bearer("access"),
        ...sees({ "/headers/authorization": /^Bearer eyJ/ }),
      }),
    ],
  }),
  row("body", "O", "`body` is text, and left out where there is none.", "ministack-766 types-75548", {
    cases: [
      echo("JSON", "POST /items", {
        headers: [["content-type", "application/json"]],
        body: '{"a": 1}',
        ...sees({ "/body": '{"a": 1}', "/isBase64Encoded": false }),
      }),
      echo("none", "POST /items", sees({ "/body": ABSENT, "/isBase64Encoded": false })),
      echo("of length 0", "POST /items", {
        headers: [["content-type", "application/json"]],
        body: "",
        ...sees({ "/body": ABSENT }),
      }),
      echo("with a GET", "GET /items", {
        headers: [["content-type", "text/plain"]],
        body: "x",
        ...sees({ "/body": "x" }),
      }),
      echo("text outside ASCII", "POST /items", {
        headers: [["content-type", "application/json"]],
        body: '"ü😀"',
        ...sees({ "/body": '"ü😀"' }),
      }),
    ],
  }),
  row(
    "base64",
    "O",
    "Text for `text/*`, JSON, XML and JavaScript; everything else in base64, forms and bodies without a type among them.",
    "ministack-766 deno#33 dotnet-captures",
    {
      cases: [
        typed("JSON", "application/json", "{}", true),
        typed("JSON with a charset", "application/json; charset=utf-8", "{}", true),
        typed("JSON in capitals", "Application/JSON", "{}", true),
        typed("text/plain", "text/plain", "x", true),
        typed("text/html", "text/html", "<p>", true),
        typed("text/csv", "text/csv", "a,b", true),
        typed("XML", "application/xml", "<a/>", true),
        typed("JavaScript", "application/javascript", "1", true),
        typed("a form", "application/x-www-form-urlencoded", "a=1", false),
        typed("no type", undefined, "{}", false),
        typed("octets", "application/octet-stream", "x", false),
        typed("an image", "image/png", "x", false),
        typed("multipart", "multipart/form-data; boundary=b", "--b--", false),
        echo("binary", "POST /items", {
          headers: [["content-type", "application/octet-stream"]],
          body: { base64: "AP8Q/w==" },
          ...sees({ "/body": "AP8Q/w==", "/isBase64Encoded": true }),
        }),
      ],
    },
  ),
  row(
    "base64-disputed",
    "conflict I",
    "`application/graphql`, `application/*+json` and charsets other than UTF-8.",
    "floci-measured cdk-local",
    {
      ours: "Only the types that were observed as text are text; their parameters are ignored.",
      cases: [
        typed("a problem", "application/problem+json", "{}", false),
        typed("GraphQL", "application/graphql", "{a}", false),
        typed("Latin-1", "text/plain; charset=iso-8859-1", "x", true),
      ],
    },
  ),
  row("body-no-utf8", "U", "A text body with bytes that are no UTF-8.", "lambda-proxy", {
    ours: "Each is delivered as U+FFFD: an event is JSON, which holds no bytes. A handler that would rather refuse than store something else looks for that.",
    cases: [
      echo("JSON in Latin-1", "POST /items", {
        headers: [["content-type", "application/json"]],
        body: { base64: Buffer.from('{"a":"\xe9"}', "latin1").toString("base64") },
        ...sees({ "/body": '{"a":"\ufffd"}', "/isBase64Encoded": false }),
      }),
    ],
  }),
  row(
    "stage-variables",
    "O",
    "`stageVariables` is a map of text, and left out where the stage has none.",
    "types-75548 live-probes",
    {
      cases: [
        on("staged")("one", "GET /dev/items", sees({ "/stageVariables": { colour: "blue" } })),
        echo("none", "GET /items", sees({ "/stageVariables": ABSENT })),
      ],
    },
  ),
  row("account-id", "O", "`accountId` is text of twelve digits.", "dotnet-captures", {
    cases: [echo("a GET", "GET /items", sees({ [`${CONTEXT}/accountId`]: /^\d{12}$/ }))],
  }),
  row("domain", "D O", "`apiId`, `domainName` and `domainPrefix` belong together.", "lambda-proxy dotnet-captures", {
    cases: [
      echo(
        "a GET",
        "GET /items",
        sees({
          [`${CONTEXT}/apiId`]: /^[a-z0-9]{10}$/,
          [`${CONTEXT}/domainPrefix`]: /^[a-z0-9]{10}$/,
          [`${CONTEXT}/domainName`]: /^[a-z0-9]{10}\.execute-api\.[a-z0-9-]+\.amazonaws\.com$/,
        }),
      ),
    ],
  }),
  row("method", "D", "`http.method` is the real one, under `ANY` too.", "lambda-proxy", {
    cases: ["DELETE", "PATCH", "POST", "PUT", "OPTIONS", "GET"].map((method) =>
      echo(method, `${method} /any`, sees({ [`${CONTEXT}/http/method`]: method })),
    ),
  }),
  row("protocol", "D", "`http.protocol` is `HTTP/1.1`.", "logging-variables", {
    cases: [echo("a GET", "GET /items", sees({ [`${CONTEXT}/http/protocol`]: "HTTP/1.1" }))],
  }),
  row("source", "O", "`http.sourceIp` is the peer's, `http.userAgent` the header or empty.", "dotnet-captures", {
    cases: [
      echo("an agent", "GET /items", {
        headers: [["user-agent", "curl/8.5.0"]],
        ...sees({ [`${CONTEXT}/http/userAgent`]: "curl/8.5.0", [`${CONTEXT}/http/sourceIp`]: /^[0-9a-f.:]+$/ }),
      }),
      echo("no agent", "GET /items", sees({ [`${CONTEXT}/http/userAgent`]: "" })),
    ],
  }),
  row(
    "request-id",
    "O",
    "`requestId` is short base64, no UUID, and the answer's `apigw-requestid`.",
    "dotnet-captures live-probes",
    {
      cases: [echo("a GET", "GET /items", sees({ [`${CONTEXT}/requestId`]: "<apigw-requestid>" }))],
    },
  ),
  row("stage", "D", "`stage` is `$default` or the stage's name.", "lambda-proxy", {
    cases: [
      echo("$default", "GET /items", sees({ [`${CONTEXT}/stage`]: "$default" })),
      on("both-stages")(
        "dev beside $default",
        "GET /dev/items",
        sees({ [`${CONTEXT}/stage`]: "dev", "/routeKey": "GET /items" }),
      ),
    ],
  }),
  row("time", "O", "`time` in the form of access logs, `timeEpoch` a number of milliseconds.", "dotnet-captures", {
    cases: [
      echo(
        "the form",
        "GET /items",
        sees({ [`${CONTEXT}/time`]: /^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/ }),
      ),
      echo("at a known moment", "GET /items", {
        ...sees({ [`${CONTEXT}/time`]: "15/Jan/2027:08:00:00 +0000", [`${CONTEXT}/timeEpoch`]: NOW_MILLISECONDS }),
        local: "time goes on",
      }),
    ],
  }),
  row("authentication", "D", "`authentication` is there with mutual TLS only.", "lambda-proxy", {
    cases: [echo("without", "GET /items", sees({ [`${CONTEXT}/authentication`]: ABSENT }))],
  }),
  row("authorizer", "O", 'A JWT route has `{"jwt":{"claims","scopes"}}` and nothing else.', "live-probes types-75548", {
    cases: [
      echo("its members", "GET /private", {
        headers: bearer("access"),
        ...sees({
          [`${CONTEXT}/authorizer/principalId`]: ABSENT,
          [`${CONTEXT}/authorizer/integrationLatency`]: ABSENT,
          [`${CONTEXT}/authorizer/claims`]: ABSENT,
          [`${JWT}/scopes`]: null,
        }),
      }),
      echo("an open route with a token has none", "GET /items", {
        headers: bearer("access"),
        ...sees({ [`${CONTEXT}/authorizer`]: ABSENT }),
      }),
    ],
  }),
  row(
    "claims",
    "O",
    "Claims are text: numbers in decimal, booleans as words.",
    "floci-measured types-75548 live-probes",
    {
      cases: [
        claim("claim-types", "yes", "true"),
        claim("claim-types", "no", "false"),
        claim("claim-types", "number", "1788938046"),
        claim("claim-types", "small", "5"),
        claim("claim-types", "empty", ""),
        { ...claim("access", "exp", "1800000600"), local: "its times are fixed" },
        { ...claim("access", "auth_time", "1799999940"), local: "its times are fixed" },
        claim("claim-names", "constructor", "c"),
        claim("claim-names", "https://a/b", "u"),
      ],
    },
  ),
  row("claim-list", "O", "A list is written as Go does: `[a b]`.", "floci-measured guidance-803", {
    cases: [
      claim("groups", "cognito:groups", "[admin dev]"),
      claim("group-single", "cognito:groups", "[not-admin]"),
      claim("group-space", "cognito:groups", "[power user dev]"),
      claim("claim-types", "list", "[1 b true]"),
      claim("claim-types", "none", "[]"),
    ],
  }),
  row("claim-null", "O", "A null claim is left out.", "floci-measured", {
    cases: [claim("claim-types", "nothing", ABSENT)],
  }),
  row("claim-object", "U", "How an object is written.", "floci-measured", {
    ours: "As JSON.",
    cases: [claim("claim-object", "address", '{"country":"JP"}')],
  }),
  row(
    "claim-large-number",
    "O U",
    "Epoch values are plain decimals; other large numbers were not seen.",
    "floci-measured live-probes",
    {
      ours: "Whole numbers are always written in full.",
      cases: [
        claim("claim-float", "million", "1000000"),
        claim("claim-float", "big", "12345678901"),
        claim("claim-float", "ratio", "0.5"),
      ],
    },
  ),
  row(
    "scopes",
    "O",
    "`scopes` is null on a route without scopes, and all of the token's on one with.",
    "floci-measured types-75458 go-317",
    {
      cases: [
        echo("an unscoped route", "GET /private", { headers: bearer("reader"), ...sees({ [`${JWT}/scopes`]: null }) }),
        echo("a scoped route", "GET /scoped-read", {
          headers: bearer("reader"),
          ...sees({ [`${JWT}/scopes`]: ["aws.cognito.signin.user.admin", "todos/read"] }),
        }),
        echo("from a list", "GET /scoped", {
          headers: bearer("scp-list"),
          ...sees({ [`${JWT}/scopes`]: ["x", "todos/write"] }),
        }),
      ],
    },
  ),
  row("scope-claim", "O", "`claims.scope` stays the raw text.", "floci-measured types-75548", {
    cases: [claim("reader", "scope", "aws.cognito.signin.user.admin todos/read")],
  }),
  row(
    "other-authorizers",
    "D",
    "`authorizer.lambda` and `authorizer.iam` belong to other kinds of authorizers.",
    "lambda-proxy",
    {
      cannot: "Lambda authorizers and IAM authorization are refused at start.",
      shownBy: [
        ["tests/apigateway/http-api.test.ts", "a Lambda authorizer"],
        ["tests/apigateway/http-api.test.ts", "AWS_IAM authorization"],
      ],
      cases: [
        echo("not there", "GET /private", {
          headers: bearer("access"),
          ...sees({ [`${CONTEXT}/authorizer/lambda`]: ABSENT, [`${CONTEXT}/authorizer/iam`]: ABSENT }),
        }),
      ],
    },
  ),
  row("key-order", "D", "The order of members is not promised; the documentation's is kept.", "lambda-proxy", {
    cases: [
      echo("the first ones", "GET /items?a=1", {
        status: 200,
        reply: /^\{"version":"2\.0","routeKey":"GET \/items","rawPath":"\/items","rawQueryString":"a=1","headers":\{/,
      }),
    ],
  }),
];
