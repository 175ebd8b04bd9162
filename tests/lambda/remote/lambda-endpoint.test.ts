import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { systemClock } from "../../../harness/clock.ts";
import type { LambdaFunction } from "../../../harness/lambda/function.ts";
import { connectLambdaEndpoint, type LambdaEndpoint } from "../../../harness/lambda/remote/lambda-endpoint.ts";

interface Answer {
  readonly status?: number;
  readonly errorType?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

type Answers = (call: string, body: string) => Answer;

const FUNCTION: LambdaFunction = {
  declaredBy: "aws:lambda/function:Function hello",
  functionName: "hello-1",
  functionArn: "arn:aws:lambda:eu-west-1:123456789012:function:hello-1",
  handler: "index.handler",
  runtime: "nodejs24.x",
  callbackHandlers: false,
  roleArn: "arn:aws:iam::123456789012:role/hello",
  code: { kind: "archive", entries: { "index.js": { kind: "text", text: "exports.handler = async () => 1;" } } },
  timeoutSeconds: 3,
  memorySizeMegabytes: 256,
  environment: { TABLE: "t" },
  reservedConcurrentExecutions: undefined,
  logging: {
    logFormat: "Text",
    logGroup: "/aws/lambda/hello-1",
    customLogGroup: false,
    applicationLogLevel: undefined,
    systemLogLevel: undefined,
  },
  warnings: [],
};

describe("a Lambda endpoint", () => {
  let server: Server | undefined;
  let lines: string[];
  let logged: string[];
  let calls: string[];
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
    server = undefined;
  });

  async function bodyOf(request: IncomingMessage): Promise<string> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks).toString();
  }

  async function listening(answers: Answers): Promise<string> {
    calls = [];
    const made = createServer(async (request, response) => {
      const call = `${request.method} ${request.url?.replace(/\?.*/, "")}`;
      const text = await bodyOf(request);
      calls.push(call);
      const { status = 200, errorType, body = {}, headers = {} } = answers(call, text);
      const type = errorType === undefined ? {} : { "x-amzn-errortype": errorType };
      response.writeHead(status, { "content-type": "application/json", ...type, ...headers });
      response.end(typeof body === "string" ? body : JSON.stringify(body));
    });
    server = made;
    await new Promise<void>((resolve) => made.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(made.address() as AddressInfo).port}`;
  }

  function connect(url: string): Promise<LambdaEndpoint> {
    lines = [];
    logged = [];
    return connectLambdaEndpoint({
      url,
      region: "eu-west-1",
      clock: systemClock,
      logSink: ({ requestId, line }) => logged.push(`${requestId} ${line}`),
      log: (line) => lines.push(line),
      patienceMilliseconds: 1,
    });
  }

  test.each([
    ["that is a web page", { body: "<html></html>" }, "does not answer as Lambda does"],
    ["that answers another thing", { body: { tables: [] } }, "does not answer as Lambda does"],
    ["that has no such path", { status: 404, body: "<html></html>" }, "does not answer as Lambda does"],
    [
      "without Lambda",
      { status: 501, errorType: "NotImplemented", body: { message: "Lambda is not here." } },
      "Lambda is not here.",
    ],
    [
      "that asks for other credentials",
      { status: 403, errorType: "UnrecognizedClientException", body: { message: "no" } },
      "refuses the credentials test/test (UnrecognizedClientException)",
    ],
    ["that starts for too long", { status: 503, body: "" }, "(HTTP 503)"],
  ] satisfies [string, Answer, string][])("%s is refused in a sentence", async (_name, answer, sentence) => {
    const url = await listening(() => answer);
    const refusal = { name: "HarnessError", code: "TARGET_UNREACHABLE", message: expect.stringContaining(sentence) };
    await expect(connect(url)).rejects.toMatchObject(refusal);
    await expect(connect(url)).rejects.toThrow(url);
  });

  test("that is down is refused in a sentence", async () => {
    const url = await listening(() => ({}));
    await new Promise((resolve) => server?.close(resolve));
    await expect(connect(url)).rejects.toThrow(`Nothing answers at the Lambda endpoint ${url}.`);
  });

  const READY = { State: "Active", LastUpdateStatus: "Successful" };

  /** An endpoint with one function, or none yet. */
  function endpoint(held: { description?: string }, run: () => Answer = () => ({ body: "1" })): Answers {
    return (call, body) => {
      if (call === "GET /2015-03-31/functions") return { body: { Functions: [] } };
      if (call.endsWith("/invocations")) return run();
      if (call === "POST /2015-03-31/functions") held.description = JSON.parse(body).Description;
      if (call.startsWith("DELETE ")) delete held.description;
      else if (held.description === undefined)
        return { status: 404, errorType: "ResourceNotFoundException", body: { message: "Function not found" } };
      return { body: { Description: held.description, ...READY, Configuration: READY } };
    };
  }

  const invocation = { functionArn: FUNCTION.functionArn, payload: '{"a":1}', requestId: "r-1" };

  test("is given the functions, runs them, and loses them at the end", async () => {
    const held: { description?: string } = {};
    const tail = { "x-amz-log-result": Buffer.from("START\nhello\n\n").toString("base64") };
    const connected = await connect(await listening(endpoint(held, () => ({ body: '{ "b": 2 }', headers: tail }))));
    expect(lines).toEqual([expect.stringMatching(/^Functions run at http.*Not held there: /)]);
    const lambda = await connected.serve([FUNCTION]);
    expect(await lambda.invoke(invocation)).toMatchObject({ kind: "returned", payload: '{ "b": 2 }' });
    expect(logged).toEqual(["r-1 START", "r-1 hello"]);
    expect(lambda.invocations()).toMatchObject([{ requestId: "r-1", functionName: "hello-1" }]);
    expect(lambda.stats()).toMatchObject([{ functionName: "hello-1", invocations: 1, busy: 0 }]);
    await lambda.close(0);
    expect(await lambda.invoke(invocation)).toMatchObject({ kind: "failed", errorType: "ServiceException" });
    expect(held.description).toBeDefined();
    await connected.close();
    expect(held.description).toBeUndefined();
  });

  test("is given a function again only where it changed", async () => {
    const connected = await connect(await listening(endpoint({})));
    await connected.serve([FUNCTION]);
    const before = calls.length;
    await connected.serve([FUNCTION]);
    expect(calls.length).toBe(before);
    await connected.serve([{ ...FUNCTION, timeoutSeconds: 4 }]);
    expect(calls.slice(before)).toContain("PUT /2015-03-31/functions/hello-1/configuration");
    await connected.close();
  });

  test("keeps a function of the same name that somebody else made", async () => {
    const held = { description: "another's" };
    const connected = await connect(await listening(endpoint(held)));
    await expect(connected.serve([FUNCTION])).rejects.toThrow("the function hello-1: there is one of this name");
    await connected.close();
    expect(held.description).toBe("another's");
    expect(calls.filter((call) => !call.startsWith("GET "))).toEqual([]);
  });

  test("that does not know the runtime says so", async () => {
    const refuses: Answers = (call, body) =>
      call === "POST /2015-03-31/functions"
        ? {
            status: 400,
            errorType: "InvalidParameterValueException",
            body: { message: "nodejs24.x is not supported." },
          }
        : endpoint({})(call, body);
    const connected = await connect(await listening(refuses));
    await expect(connected.serve([FUNCTION])).rejects.toThrow(
      "does not take the function hello-1: nodejs24.x is not supported. A newer version of it may know nodejs24.x.",
    );
    await connected.close();
  });

  test("gives an event once, also where it fails", async () => {
    const connected = await connect(
      await listening(endpoint({}, () => ({ status: 500, body: { message: "broken" } }))),
    );
    const lambda = await connected.serve([FUNCTION]);
    expect(await lambda.invoke(invocation)).toMatchObject({ kind: "failed" });
    expect(calls.filter((call) => call.endsWith("/invocations"))).toHaveLength(1);
    expect(await lambda.invoke({ ...invocation, functionArn: "other" })).toMatchObject({
      errorType: "ResourceNotFoundException",
    });
    await connected.close();
  });
});
