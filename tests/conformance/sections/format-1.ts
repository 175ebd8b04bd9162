import { ABSENT, answers, bearer, on, type Row, rowsOf } from "../support/case.ts";

const row = rowsOf("format-1");
const echo = on("format-1");
const CAPTURES = "lambda-proxy format-1-captures dotnet-captures";
const sees = (json: Readonly<Record<string, unknown>>) => ({ status: 200, ran: true, json });
const CONTEXT = "/requestContext";
/** The function puts out this JSON. */
const puts = (name: string, output: string, seen: Omit<Parameters<typeof echo>[2], "body">) =>
  echo(name, "POST /reply", { headers: [["content-type", "application/json"]], body: output, ...seen });
const broken = { ...answers.serverError, ran: true, journal: ["response", "in payload format 1.0"] } as const;

export const formatOneRows: readonly Row[] = [
  row(
    "members",
    "D O",
    "`version`, `resource`, `path` and `httpMethod` stand at the top; what does not apply is null.",
    CAPTURES,
    {
      cases: [
        echo("a plain GET", "GET /pets/7", {
          ...sees({
            "/version": "1.0",
            "/resource": "/pets/{id}",
            "/path": "/pets/7",
            "/httpMethod": "GET",
            "/pathParameters": { id: "7" },
            "/queryStringParameters": null,
            "/multiValueQueryStringParameters": null,
            "/stageVariables": null,
            "/body": null,
            "/isBase64Encoded": false,
            "/rawPath": ABSENT,
            "/cookies": ABSENT,
            "/routeKey": ABSENT,
          }),
        }),
        echo("the default route", "GET /nowhere", {
          ...sees({ "/resource": "$default", [`${CONTEXT}/resourceId`]: "$default", "/pathParameters": null }),
        }),
      ],
    },
  ),
  row(
    "context",
    "O",
    "The request context has REST's members, with the id in both places and an identity of nulls.",
    CAPTURES,
    {
      cases: [
        echo("a plain GET", "GET /pets/7", {
          ...sees({
            [`${CONTEXT}/resourcePath`]: "/pets/{id}",
            [`${CONTEXT}/resourceId`]: "GET /pets/{id}",
            [`${CONTEXT}/httpMethod`]: "GET",
            [`${CONTEXT}/path`]: "/pets/7",
            [`${CONTEXT}/protocol`]: "HTTP/1.1",
            [`${CONTEXT}/stage`]: "$default",
            [`${CONTEXT}/requestId`]: /^[A-Za-z0-9_-]{15}=$/,
            [`${CONTEXT}/extendedRequestId`]: /^[A-Za-z0-9_-]{15}=$/,
            [`${CONTEXT}/requestTime`]: /^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/,
            [`${CONTEXT}/identity/cognitoIdentityId`]: null,
            [`${CONTEXT}/identity/accessKey`]: null,
            [`${CONTEXT}/identity/userAgent`]: "",
            [`${CONTEXT}/authorizer`]: ABSENT,
            [`${CONTEXT}/http`]: ABSENT,
          }),
        }),
      ],
    },
  ),
  row(
    "claims",
    "O",
    "A JWT authorizer's claims stand in `authorizer.claims`, as text, with `scopes` beside them.",
    "guide#113",
    {
      cases: [
        echo("without scopes", "GET /private", {
          headers: bearer("access"),
          ...sees({ [`${CONTEXT}/authorizer/claims/token_use`]: "access", [`${CONTEXT}/authorizer/scopes`]: null }),
        }),
      ],
    },
  ),
  row(
    "path",
    "O",
    "`path` is as it was sent, `requestContext.path` decoded, and both have the stage's name.",
    CAPTURES,
    {
      cases: [
        echo("a blank", "GET /echo/a%20b?x=1", {
          ...sees({ "/path": "/echo/a%20b", [`${CONTEXT}/path`]: "/echo/a b", "/pathParameters/proxy": "a b" }),
        }),
        echo("a named stage", "GET /dev/pets/7", {
          ...sees({
            "/path": "/dev/pets/7",
            [`${CONTEXT}/path`]: "/dev/pets/7",
            "/resource": "/pets/{id}",
            "/stageVariables": { table: "t" },
          }),
        }),
      ],
    },
  ),
  row(
    "headers",
    "O",
    "The last of several values stands in `headers`, all in `multiValueHeaders`; cookies stay a header.",
    CAPTURES,
    {
      cases: [
        echo("twice", "GET /echo/x", {
          headers: [
            ["Multi", "one,stillone"],
            ["Multi", "two"],
            ["Cookie", "a=1; b=2"],
          ],
          ...sees({
            "/headers/Multi": "two",
            "/multiValueHeaders/Multi": ["one,stillone", "two"],
            "/headers/Cookie": "a=1; b=2",
          }),
        }),
      ],
    },
  ),
  row(
    "header-names",
    "conflict O",
    "The guide says that all names are in lower case; events of 2021 to 2024 have some with capitals.",
    CAPTURES,
    {
      ours: "As in the events: `Content-Length`, `Content-Type`, `Cookie`, `Host`, `User-Agent`, `X-Amzn-Trace-Id` and `X-Forwarded-*` have capitals, other usual names are in lower case, and unusual ones are as they were sent. Which names are usual is inferred.",
      cases: [
        echo("curl's", "GET /echo/x", {
          headers: [
            ["user-agent", "curl/7.77.0"],
            ["Accept", "*/*"],
            ["Authorization", "x"],
            ["Postman-Token", "t"],
          ],
          ...sees({
            "/headers/User-Agent": "curl/7.77.0",
            "/headers/accept": "*/*",
            "/headers/authorization": "x",
            "/headers/Postman-Token": "t",
            "/headers/Content-Length": "0",
            "/headers/X-Forwarded-Proto": "https",
            "/headers/Accept": ABSENT,
          }),
        }),
      ],
    },
  ),
  row(
    "query",
    "O",
    "The last of several values stands in `queryStringParameters`, all in the list beside it.",
    CAPTURES,
    {
      cases: [
        echo("twice", "GET /echo/x?tag=important&tag=urgent&q=a%20b", {
          ...sees({
            "/queryStringParameters": { tag: "urgent", q: "a b" },
            "/multiValueQueryStringParameters": { tag: ["important", "urgent"], q: ["a b"] },
          }),
        }),
      ],
    },
  ),
  row("body", "O", "Bodies are text or base64 as in format 2.0.", CAPTURES, {
    cases: [
      echo("JSON", "POST /echo/x", {
        headers: [["content-type", "application/json"]],
        body: "{}",
        ...sees({ "/body": "{}", "/isBase64Encoded": false }),
      }),
      echo("octets", "POST /echo/x", {
        headers: [["content-type", "application/octet-stream"]],
        body: { base64: "AQIDBAU=" },
        ...sees({ "/body": "AQIDBAU=", "/isBase64Encoded": true }),
      }),
    ],
  }),
  row(
    "response",
    "D O",
    "An object with `statusCode` is the answer, with `headers` and `multiValueHeaders`.",
    CAPTURES,
    {
      cases: [
        puts(
          "both kinds of headers",
          '{"statusCode":201,"headers":{"x-a":"1"},"multiValueHeaders":{"x-a":["2","3"]},"body":"b"}',
          {
            status: 201,
            ran: true,
            header: { "x-a": ["1", "2", "3"], "content-type": "text/plain; charset=utf-8" },
            reply: "b",
          },
        ),
        puts("several cookies", '{"statusCode":200,"multiValueHeaders":{"Set-Cookie":["a=1","b=2"]}}', {
          status: 200,
          ran: true,
          header: { "set-cookie": ["a=1", "b=2"] },
          reply: "",
        }),
        puts("bytes", '{"statusCode":200,"body":"AQID","isBase64Encoded":true}', {
          status: 200,
          ran: true,
          header: { "content-length": "3" },
        }),
      ],
    },
  ),
  row("no-inference", "D O", "Anything else is a 500: nothing is inferred.", CAPTURES, {
    cases: [
      puts("no status", '{"message":"hello"}', broken),
      puts("text", '"hello"', broken),
      puts("null", "null", broken),
      puts("a status of zero", '{"statusCode":0}', {
        ...answers.serverError,
        ran: true,
        journal: ["response", "statusCode"],
      }),
    ],
  }),
  row("response-cookies", "I", "`cookies` is a member of format 2.0 alone.", "lambda-proxy", {
    cases: [
      puts("ignored", '{"statusCode":200,"cookies":["a=1"],"body":"b"}', {
        status: 200,
        ran: true,
        header: { "set-cookie": ABSENT },
        reply: "b",
      }),
    ],
  }),
];
