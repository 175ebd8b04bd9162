import { describe, expect, onTestFinished, test } from "vitest";
import { systemClock } from "../../harness/clock.ts";
import { type HttpHandler, type HttpRequest, type HttpResponse, headerValue } from "../../harness/http.ts";
import { listen } from "../../harness/http-server.ts";
import { type Running, run } from "./functions.ts";

/** Which way a request took. */
type Door = "http" | "port";

interface Asked extends HttpRequest {
  readonly door: Door;
}

const TABLES: HttpResponse = {
  status: 200,
  headers: [
    ["content-type", "application/x-amz-json-1.0"],
    ["x-amzn-requestid", "R1"],
  ],
  body: JSON.stringify({ TableNames: ["naïve-☃"] }),
};

const CLIENT = `
  const { DynamoDBClient, ListTablesCommand } = require("@aws-sdk/client-dynamodb");
  const list = async (client, options) => (await client.send(new ListTablesCommand({}), options)).TableNames;
  const told = ({ name, message, code }) => ({ name, message, code });`;

const withClient = (options: string) =>
  `${CLIENT} const client = new DynamoDBClient(${options}); exports.handler = () => list(client);`;
const LISTS = withClient("{}");

interface Served extends Running {
  readonly asked: readonly Asked[];
  doors(): readonly Door[];
}

/** A function beside an endpoint with both doors. */
async function serve(
  source: string,
  answer: HttpHandler = () => TABLES,
  isolation: "thread" | "process" = "thread",
): Promise<Served> {
  const asked: Asked[] = [];
  const through =
    (door: Door): HttpHandler =>
    (request) => {
      asked.push({ ...request, door });
      return answer(request);
    };
  const onDefect = (error: unknown) => {
    throw error;
  };
  const handler = through("http");
  const server = await listen({ name: "the endpoint", port: 0, handler, clock: systemClock, onDefect });
  onTestFinished(() => server.close(0));
  const awsEndpoint = { handler: through("port"), maximumBodyBytes: 1_000 };
  const running = await run({ f: source }, { awsEndpointUrl: server.url, awsEndpoint, isolation });
  return { ...running, asked, doors: () => asked.map(({ door }) => door) };
}

describe("the SDK's way to the AWS endpoint", () => {
  test("is a message, once the SDK has sent a first request over HTTP", async () => {
    const { value, doors } = await serve(LISTS);
    for (let count = 0; count < 3; count += 1) expect(await value("f")).toEqual(["naïve-☃"]);
    expect(doors()).toEqual(["http", "port", "port"]);
  });

  test("carries the same request, which is signed for it anew", async () => {
    const { value, asked } = await serve(LISTS);
    for (let count = 0; count < 2; count += 1) await value("f");
    const [first, second] = asked.map(({ door: _door, receivedAtMilliseconds: _at, headers, body, ...rest }) => {
      const names = headers.map(([name]) => name.toLowerCase()).filter((name) => name !== "connection");
      const lasting = ["host", "x-amz-target", "content-type", "content-length", "x-amz-security-token"];
      const values = lasting.map((name) => headerValue(headers, name));
      return { ...rest, names, values, body: body.toString() };
    });
    expect(second).toEqual(first);
    expect(second?.names).toContain("authorization");
    expect(headerValue(asked[1]?.headers ?? [], "authorization")).toMatch(/^AWS4-HMAC-SHA256 Credential=ASIAf0\//);
  });

  test("is taken by an SDK that is loaded in the first invocation", async () => {
    const { value, doors } = await serve(`exports.handler = async () => {
      ${CLIENT} globalThis.client ??= new DynamoDBClient({});
      return list(globalThis.client);
    };`);
    for (let count = 0; count < 3; count += 1) await value("f");
    expect(doors().at(-1)).toBe("port");
  });

  test("is taken by a copy of the SDK in the function's own package too", async () => {
    const own = "node_modules/@smithy/node-http-handler";
    const files = {
      "index.js": `const { NodeHttpHandler } = require("@smithy/node-http-handler"); const handler = new NodeHttpHandler();
        const [, hostname, port] = /^http:..(.*):(.*)$/.exec(process.env.AWS_ENDPOINT_URL);
        const request = { protocol: "http:", hostname, port: Number(port), method: "POST", path: "/", headers: { host: "x", "content-length": "2" }, body: "{}" };
        exports.handler = async () => (await handler.handle(request)).response.statusCode;`,
      [`${own}/package.json`]: '{"main":"dist-cjs/index.js"}',
      [`${own}/dist-cjs/index.js`]: `exports.NodeHttpHandler = class {
        externalAgent = false;
        httpHandlerConfigs() { return { requestTimeout: undefined, httpAgent: { maxSockets: 50 } }; }
        async handle() { return { response: { statusCode: 1 } }; }
      };`,
    };
    const asked: HttpRequest[] = [];
    const handler: HttpHandler = (request) => {
      asked.push(request);
      return { ...TABLES, status: 418 };
    };
    const awsEndpoint = { handler, maximumBodyBytes: 1_000 };
    const { value } = await run({ f: { files } }, { awsEndpointUrl: "http://127.0.0.1:1", awsEndpoint });
    expect(await value("f")).toBe(418);
    expect(asked).toHaveLength(1);
  });

  test.each([
    ["an abort signal", LISTS.replace("list(client)", "list(client, { abortSignal: new AbortController().signal })")],
    [
      "an agent of the program's own",
      withClient('{ requestHandler: { httpAgent: new (require("http").Agent)({ maxSockets: 50 }) } }'),
    ],
    ["a socket's timeout", withClient("{ requestHandler: { socketTimeout: 9000 } }")],
    ["a timeout that only warns", withClient("{ requestHandler: { requestTimeout: 9000 } }")],
    [
      "a timeout of the call's own that only warns",
      LISTS.replace("list(client)", "list(client, { requestTimeout: 9000 })"),
    ],
    [
      "a header that HTTP may carry otherwise",
      LISTS.replace(
        "exports.handler",
        'client.middlewareStack.add((next) => (args) => { args.request.headers["x-note"] = " ü"; return next(args); }, { step: "finalizeRequest", priority: "low" }); exports.handler',
      ),
    ],
    [
      "another name of this machine",
      withClient('{ endpoint: process.env.AWS_ENDPOINT_URL.replace("127.0.0.1", "localhost") }'),
    ],
    ...['method = "PUT"', 'query = { a: "1" }', 'username = "x"', 'fragment = "x"'].map((change): [string, string] => [
      `a request whose ${change}`,
      LISTS.replace(
        "exports.handler",
        `client.middlewareStack.add((next) => (args) => { args.request.${change}; return next(args); }, { step: "finalizeRequest", priority: "low" }); exports.handler`,
      ),
    ]),
    [
      "a request that a library has wrapped",
      `const http = require("http"); const { request } = http; http.request = (...all) => request(...all); ${LISTS}`,
    ],
    ["an agent that sends fewer at once", withClient("{ requestHandler: { httpAgent: { maxSockets: 1 } } }")],
    [
      "an SDK whose way of sending somebody has wrapped",
      `const { NodeHttpHandler } = require("@smithy/node-http-handler"); const { handle } = NodeHttpHandler.prototype;
      NodeHttpHandler.prototype.handle = function (...all) { return handle.apply(this, all); }; ${LISTS}`,
    ],
    [
      "an SDK that nobody may change any more",
      `const { NodeHttpHandler } = require("@smithy/node-http-handler"); Object.freeze(NodeHttpHandler.prototype); ${LISTS}`,
    ],
    [
      "a request without headers",
      `const { NodeHttpHandler } = require("@smithy/node-http-handler"); const handler = new NodeHttpHandler();
      const { hostname, port } = new URL(process.env.AWS_ENDPOINT_URL);
      const request = { protocol: "http:", hostname, port: Number(port), method: "POST", path: "/" };
      exports.handler = async () => {
        const { body } = (await handler.handle(request)).response;
        return (await require("stream/consumers").json(body)).TableNames;
      };`,
    ],
    ...["http.client.request.start", "http.client.response.finish", "net.client.socket"].map(
      (name): [string, string] => [
        `somebody who listens to ${name}`,
        `require("diagnostics_channel").subscribe("${name}", () => {}); ${LISTS}`,
      ],
    ),
    ...["http.get", "http.Agent.prototype.addRequest", "http.ClientRequest.prototype.end", "net.connect"].map(
      (place): [string, string] => {
        const owner = place.slice(0, place.lastIndexOf("."));
        const name = place.slice(owner.length + 1);
        const wrap = `const owner = require("${place.split(".")[0]}")${owner.replace(/^[a-z]+/, "")}; const plain = owner.${name};`;
        return [
          `${place} wrapped`,
          `${wrap} owner.${name} = function (...all) { return plain.apply(this, all); }; ${LISTS}`,
        ];
      },
    ),
  ])("is HTTP with %s", async (_name, source) => {
    const { value, doors } = await serve(source);
    for (let count = 0; count < 2; count += 1) expect(await value("f")).toEqual(["naïve-☃"]);
    expect(doors()).toEqual(["http", "http"]);
  });

  test("does not lead away from another server that the program asks", async () => {
    const { value, doors } = await serve(
      `${CLIENT} const client = new DynamoDBClient({}), other = new DynamoDBClient({ endpoint: "http://127.0.0.1:1", maxAttempts: 1 });
      exports.handler = async () => [await list(client), (await list(other).catch(told)).code];`,
    );
    for (let count = 0; count < 2; count += 1) expect(await value("f")).toEqual([["naïve-☃"], "ECONNREFUSED"]);
    expect(doors()).toEqual(["http", "port"]);
  });

  test("is HTTP for a sandbox that is a process", async () => {
    const { value, doors } = await serve(LISTS, undefined, "process");
    for (let count = 0; count < 2; count += 1) await value("f");
    expect(doors()).toEqual(["http", "http"]);
  });

  test("is HTTP for all that would be too many at once", async () => {
    const { value, asked } = await serve(
      `${CLIENT} const client = new DynamoDBClient({}); exports.handler = async () => {
        await list(client);
        return (await Promise.all(Array.from({ length: 60 }, () => list(client)))).length;
      };`,
      async () => {
        await new Promise(setImmediate);
        return TABLES;
      },
    );
    await value("f");
    expect(await value("f")).toBe(60);
    expect(asked.filter(({ door }) => door === "port").length).toBeGreaterThanOrEqual(51);
    expect(asked.filter(({ door }) => door === "http").length).toBeGreaterThanOrEqual(10);
  });
});

describe("an answer", () => {
  const REFUSAL: HttpResponse = {
    status: 400,
    headers: [["content-type", "application/x-amz-json-1.0"]],
    body: JSON.stringify({ __type: "com.amazon.coral.service#AccessDeniedException", message: "no" }),
  };

  test("is an error where it says one", async () => {
    const { value, doors } = await serve(
      `${CLIENT} const client = new DynamoDBClient({}); exports.handler = () => list(client).catch(told);`,
      () => REFUSAL,
    );
    const both = [await value("f"), await value("f")];
    expect(both[1]).toEqual(both[0]);
    expect(both[1]).toMatchObject({ name: "AccessDeniedException", message: "no" });
    expect(doors()).toEqual(["http", "port"]);
  });

  const READERS: readonly (readonly [string, string])[] = [
    ["by parts", "for await (const part of body) parts.push(part);"],
    ["by events", 'await new Promise((end) => body.on("data", (part) => parts.push(part)).on("end", end));'],
    [
      "through another stream",
      'const through = body.pipe(new (require("stream").PassThrough)()); for await (const part of through) parts.push(part);',
    ],
    [
      "through one that is told of its end",
      'let ended = 0; body.on("end", () => { ended += 1; }); for await (const part of body.pipe(new (require("stream").PassThrough)())) parts.push(part); if (ended !== 1) throw new Error("no end");',
    ],
    [
      "into one that is left open",
      'const through = new (require("stream").PassThrough)(); body.pipe(through, { end: false }); body.on("end", () => through.end(" ")); for await (const part of through) parts.push(part);',
    ],
    [
      "through two others",
      'const { PassThrough } = require("stream"); body.pipe(new PassThrough()).resume(); for await (const part of body.pipe(new PassThrough())) parts.push(part);',
    ],
    [
      "through another one, and by who listens after that",
      'const through = body.pipe(new (require("stream").PassThrough)()); through.resume(); const end = new Promise((resolve) => body.on("end", resolve)); body.on("data", (part) => parts.push(part)); await end;',
    ],
    [
      "twice, of which the second gets nothing",
      'for await (const part of body.pipe(new (require("stream").PassThrough)())) parts.push(part); for await (const part of body) parts.push(part);',
    ],
  ];

  test.each(READERS)("can be read as a stream, %s", async (_name, read) => {
    const { value, doors } = await serve(`${CLIENT} const client = new DynamoDBClient({});
      let seen;
      client.middlewareStack.add((next) => async (args) => {
        const result = await next(args);
        const { body, statusCode, reason, headers } = result.response; const parts = [];
        ${read}
        const { date, connection, "keep-alive": _kept, ...rest } = headers;
        seen = { text: Buffer.concat(parts).toString(), statusCode, reason, date: typeof date, headers: rest };
        return { ...result, response: { ...result.response, body: Buffer.concat(parts) } };
      }, { step: "deserialize", priority: "low" });
      exports.handler = async () => { await list(client); return seen; };`);
    const both = [await value("f"), await value("f")];
    expect(both[1]).toEqual(both[0]);
    expect(both[1]).toMatchObject({
      text: expect.stringMatching(/^\{"TableNames":\["naïve-☃"\]\} ?$/),
      statusCode: 200,
      reason: "OK",
      date: "string",
    });
    expect(doors()).toEqual(["http", "port"]);
  });

  test("can be written to the log as it comes, which stays open", async () => {
    const { value, lines, doors } = await serve(`${CLIENT} const client = new DynamoDBClient({});
      client.middlewareStack.add((next) => async (args) => {
        const result = await next(args);
        result.response.body.pipe(process.stdout);
        return result;
      }, { step: "deserialize", priority: "low" });
      exports.handler = async () => { const names = await list(client); console.log("after it"); return names; };`);
    for (let count = 0; count < 2; count += 1) expect(await value("f")).toEqual(["naïve-☃"]);
    const logged = (text: string) => lines.filter(({ line }) => line.includes(text)).length;
    expect([logged("TableNames"), logged("after it")]).toEqual([2, 2]);
    expect(doors()).toEqual(["http", "port"]);
  });

  test.each([
    ["the client's", "{ requestTimeout: 40, throwOnRequestTimeout: true }", "{}"],
    ["the call's", "{ throwOnRequestTimeout: true }", "{ requestTimeout: 40 }"],
  ])("that does not come in time is the error that it is over HTTP, by %s timeout", async (_name, handler, options) => {
    const { value, doors } = await serve(
      `${CLIENT}
      const client = new DynamoDBClient({ maxAttempts: 1, requestHandler: ${handler} });
      exports.handler = () => list(client, ${options}).catch(told);`,
      () => new Promise(() => {}),
    );
    const both = [await value("f"), await value("f")];
    expect(both[1]).toEqual(both[0]);
    expect(both[1]).toMatchObject({ name: "TimeoutError", code: "ETIMEDOUT" });
    expect(doors()).toEqual(["http", "port"]);
  });

  test("that comes late is nobody's, and the next one is right", async () => {
    const first = Promise.withResolvers<void>();
    let answers = 0;
    const { value } = await serve(
      `${CLIENT}
      const client = new DynamoDBClient({ maxAttempts: 1, requestHandler: { throwOnRequestTimeout: true } });
      exports.handler = (options) => list(client, options).catch(told);`,
      async () => {
        answers += 1;
        if (answers === 2) await first.promise;
        return { ...TABLES, body: JSON.stringify({ TableNames: [`t${answers}`] }) };
      },
    );
    expect(await value("f")).toEqual(["t1"]);
    expect(await value("f", { requestTimeout: 40 })).toMatchObject({ name: "TimeoutError" });
    first.resolve();
    expect(await value("f")).toEqual(["t3"]);
  });

  test("is waited for by the handler, and by nothing else", async () => {
    const { value } = await serve(
      `${CLIENT} const client = new DynamoDBClient({}); exports.handler = async ({ wait }) => {
        const names = list(client).catch(told);
        return wait ? names : "not waited for";
      };`,
      async () => {
        await new Promise(setImmediate);
        return TABLES;
      },
    );
    expect(await value("f", { wait: true })).toEqual(["naïve-☃"]);
    expect(await value("f", {})).toBe("not waited for");
    expect(await value("f", { wait: true })).toEqual(["naïve-☃"]);
  });

  test("keeps no handler waiting that waits for nothing", async () => {
    const { value, invoke } =
      await serve(`${CLIENT} const client = new DynamoDBClient({}); exports.handler = async ({ hang }) => {
      await list(client);
      return hang ? new Promise(() => {}) : null;
    };`);
    await value("f");
    await value("f");
    expect(await invoke("f", { hang: true })).toMatchObject({ kind: "failed", errorType: "Runtime.NodeJsExit" });
  });

  test("to a body above the limit is the handler's, which sees none of it", async () => {
    const { value, asked } = await serve(
      `const { DynamoDBClient, ListTablesCommand } = require("@aws-sdk/client-dynamodb");
      const client = new DynamoDBClient({});
      exports.handler = async ({ size }) => {
        await client.send(new ListTablesCommand({ ExclusiveStartTableName: "x".repeat(size) }));
        return null;
      };`,
    );
    await value("f", { size: 10 });
    await value("f", { size: 2_000 });
    expect(asked.map(({ door, bodyTooLarge, body }) => ({ door, bodyTooLarge, isEmpty: body.length === 0 }))).toEqual([
      { door: "http", bodyTooLarge: false, isEmpty: false },
      { door: "port", bodyTooLarge: true, isEmpty: true },
    ]);
  });
});

/** Finds the port by what is sent through it, as code in the thread can. */
const FINDS_PORT = `const { MessagePort } = require("worker_threads"); const { postMessage } = MessagePort.prototype;
  let found; MessagePort.prototype.postMessage = function (message, ...rest) {
    if (message && message.target !== undefined) found = this;
    return postMessage.call(this, message, ...rest);
  };`;

describe("a function that sends something else", () => {
  const request = { id: 1, target: "/", headers: ["host", "x", "content-length", "2"], body: "{}" };
  const malformed: Readonly<Record<string, unknown>> = {
    nothing: undefined,
    text: "POST / HTTP/1.1",
    "a target with a line break": { ...request, target: "/\r\nx: y" },
    "a value with a line break": { ...request, headers: [...request.headers, "note", "x\r\nauthorization: y"] },
    "a name without a value": { ...request, headers: [...request.headers, "note"] },
    "a number for a header": { ...request, headers: [...request.headers, "note", 1] },
    "a second host": { ...request, headers: [...request.headers, "Host", "y"] },
    "another length": { ...request, body: "{ }" },
    "a body in chunks": { ...request, headers: [...request.headers, "transfer-encoding", "chunked"] },
    "a body that is an object": { ...request, body: {} },
    "headers that are endless": { ...request, headers: [...request.headers, "note", "x".repeat(65_536)] },
  };

  test.each(Object.entries(malformed))("is heard no more, and has HTTP: %s", async (_name, message) => {
    const { value, doors } = await serve(`${FINDS_PORT} ${CLIENT} const client = new DynamoDBClient({});
      const message = ${message === undefined ? "undefined" : JSON.stringify(message)};
      exports.handler = async ({ attack }) => {
        if (!attack) return list(client);
        found.postMessage(message);
        const alive = setInterval(() => {}, 1_000);
        await new Promise((resolve) => found.once("close", resolve));
        clearInterval(alive);
        return "closed";
      };`);
    await value("f");
    await value("f");
    expect(await value("f", { attack: true })).toBe("closed");
    expect(await value("f")).toEqual(["naïve-☃"]);
    expect(doors()).toEqual(["http", "port", "http"]);
  });

  /** What takes long, or fails, where the harness looks at each of its parts. */
  const endless: Readonly<Record<string, string>> = {
    "bytes in place of a request": "new Uint8Array(new SharedArrayBuffer(2 ** 26))",
    "a list of headers that is all holes": `{ ...${JSON.stringify(request)}, headers: Object.assign([], { length: 2 ** 28 }) }`,
  };

  test.each(Object.entries(endless))("neither ends the harness nor holds it up: %s", async (_name, message) => {
    const { value } = await serve(`${FINDS_PORT} ${CLIENT} const client = new DynamoDBClient({});
      exports.handler = async ({ attack }) => {
        if (!attack) return list(client);
        const closed = new Promise((resolve) => found.once("close", () => resolve("closed")));
        found.ref();
        found.postMessage(${message});
        return closed;
      };`);
    await value("f");
    await value("f");
    expect(await value("f", { attack: true })).toBe("closed");
    expect(await value("f")).toEqual(["naïve-☃"]);
  });

  test("ends what it waits for as a connection that is cut does, and the SDK tries again", async () => {
    let answers = 0;
    const { value, doors } = await serve(
      `${FINDS_PORT} ${CLIENT} const client = new DynamoDBClient({});
      exports.handler = async ({ attack }) => {
        const names = list(client);
        if (attack) setTimeout(() => found.postMessage("x"), 5);
        return names;
      };`,
      () => {
        answers += 1;
        return answers === 3 ? new Promise(() => {}) : TABLES;
      },
    );
    await value("f", {});
    await value("f", {});
    expect(await value("f", { attack: true })).toEqual(["naïve-☃"]);
    expect(doors()).toEqual(["http", "port", "port", "http"]);
  });

  test("cannot change a body that is being judged", async () => {
    const changed = Promise.withResolvers<void>();
    const seen: string[] = [];
    const { value } = await serve(
      `${FINDS_PORT} ${CLIENT} const client = new DynamoDBClient({});
      exports.handler = async ({ attack }) => {
        if (!attack) return list(client);
        const body = new Uint8Array(new SharedArrayBuffer(2));
        body.set(Buffer.from("{}"));
        const send = (id) => found.postMessage({ id, target: "/", headers: ["host", "x", "content-length", "2"], body });
        const alive = setInterval(() => {}, 1_000);
        send(-1);
        await new Promise((resolve) => found.on("message", ({ id }) => id === -2 && resolve()));
        clearInterval(alive);
        return "done";
      };
      MessagePort.prototype.postMessage = ((plain) => function (message, ...rest) {
        if (message && message.id === -1) setImmediate(() => {
          message.body.set(Buffer.from("[]"));
          plain.call(this, { ...message, id: -2, body: "[]" });
        });
        return plain.call(this, message, ...rest);
      })(MessagePort.prototype.postMessage);`,
      async ({ body }) => {
        const before = body.toString();
        if (before === "[]") changed.resolve();
        else if (seen.length === 2) await changed.promise;
        seen.push(`${before} ${body.toString()}`);
        return TABLES;
      },
    );
    await value("f", {});
    await value("f", {});
    expect(await value("f", { attack: true })).toBe("done");
    expect(seen).toContain("{} {}");
    expect(seen).not.toContain("{} []");
  });
});
