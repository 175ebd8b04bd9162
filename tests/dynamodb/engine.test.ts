import { execFileSync, spawn } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import type { DynamoDbEngine } from "../../harness/dynamodb/database.ts";
import { type EngineOptions, startEngine } from "../../harness/dynamodb/engine.ts";
import type { EngineAddress } from "../../harness/dynamodb/engine-address.ts";
import { engineClient } from "../../harness/dynamodb/engine-client.ts";
import type { Table } from "../../harness/dynamodb/tables.ts";
import { send } from "./support/calls.ts";
import { counters, notes, startGate } from "./support/gate.ts";

const item = { owner: { S: "ana" }, id: { S: "1" } };
const kinds = ["dynoxide", "dynalite"] as const;
const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function dataDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "dynamodb-"));
  cleanups.push(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

async function start(options: Partial<EngineOptions>): Promise<DynamoDbEngine> {
  const engine = await startEngine({ engine: { kind: "auto" }, log: () => {}, ...options });
  cleanups.push(() => engine.close());
  return engine;
}

const put = (engine: DynamoDbEngine) => engine.call("PutItem", JSON.stringify({ TableName: notes.name, Item: item }));
const scan = async (engine: DynamoDbEngine): Promise<unknown> =>
  JSON.parse((await engine.call("Scan", JSON.stringify({ TableName: notes.name }))).body.toString()).Items;

const isListening = (address: EngineAddress): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(address);
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });

function tcpAddress({ address }: DynamoDbEngine) {
  if ("path" in address) throw new Error(`listens on ${address.path}`);
  return address;
}

const pathsBelow = (directory: string): readonly string[] =>
  readdirSync(directory, { recursive: true, encoding: "utf8" }).map((name) => join(directory, name));

/** The modes of all files and folders in it, each once. An engine renames its logs meanwhile. */
function modesBelow(directory: string): readonly string[] {
  const found = pathsBelow(directory).flatMap((path) => statSync(path, { throwIfNoEntry: false }) ?? []);
  const modes = found.map(({ mode }) => `0${(mode & 0o777).toString(8)}`);
  return [...new Set(modes)].sort();
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 10));
}

describe.each(kinds)("%s", (kind) => {
  test("keeps tables and items between starts", async () => {
    const options = { engine: { kind }, dataDirectory: dataDirectory() };
    const first = await start(options);
    await first.createTables([notes]);
    await put(first);
    await first.close();
    const second = await start(options);
    await second.createTables([notes, counters]);
    expect(await scan(second)).toEqual([item]);
  });

  test("refuses a kept table with another schema by name, and changes nothing", async () => {
    const options = { engine: { kind }, dataDirectory: dataDirectory() };
    const first = await start(options);
    await first.createTables([notes]);
    await put(first);
    const changed: readonly Table[] = [
      { ...notes, partitionKey: { name: "user", type: "S" } },
      { ...notes, sortKey: { name: "topic", type: "S" } },
      { ...notes, indexes: notes.indexes.slice(1) },
      { ...notes, indexes: notes.indexes.map((index) => ({ ...index, projection: "KEYS_ONLY" as const })) },
    ];
    for (const table of changed) {
      await expect(first.createTables([table])).rejects.toMatchObject({
        code: "DATA_DIRECTORY",
        message: expect.stringMatching(
          /^Table notes-1a2b3c4 is kept in .* other keys or indexes.*another data directory/,
        ),
      });
    }
    await first.createTables([{ ...notes, tags: {}, deletionProtection: true }]);
    expect(await scan(first)).toEqual([item]);
  });

  test("is in memory without a directory, and two of them are apart", async () => {
    const [first, second] = [await start({ engine: { kind } }), await start({ engine: { kind } })];
    for (const engine of [first, second]) await engine.createTables([notes]);
    await put(first);
    expect(await scan(second)).toEqual([]);
  });

  test("is out of reach of whoever knows no more than that it runs", async () => {
    const { address } = await start({ engine: { kind } });
    if ("path" in address) {
      expect(statSync(dirname(address.path)).mode & 0o777).toBe(0o700);
      return;
    }
    expect(await isListening({ host: "127.0.0.1", port: address.port })).toBe(false);
    const others = await Promise.all([1, 2, 3].map(() => start({ engine: { kind } })));
    expect(new Set([address, ...others.map(tcpAddress)].map(({ host }) => host)).size).toBe(4);
  });

  test("keeps what it writes to its owner, also in a folder that was open to all", async () => {
    const directory = dataDirectory();
    chmodSync(directory, 0o755);
    const first = await start({ engine: { kind }, dataDirectory: directory });
    await first.createTables([notes]);
    await put(first);
    expect(modesBelow(directory)).toEqual(["0600", "0700"]);
    await first.close();
    for (const path of pathsBelow(directory)) chmodSync(path, statSync(path).isDirectory() ? 0o755 : 0o644);
    await start({ engine: { kind }, dataDirectory: directory });
    expect(modesBelow(directory)).toEqual(["0600", "0700"]);
  });

  test("is gone once closed", async () => {
    const engine = await start({ engine: { kind } });
    const { address } = engine;
    expect(await isListening(address)).toBe(true);
    await engine.close();
    expect(await isListening(address)).toBe(false);
    await expect(engine.call("ListTables", "{}")).rejects.toThrow();
  });

  test("does not outlive a harness that is killed", async () => {
    const program = `
      import { startEngine } from ${JSON.stringify(new URL("../../harness/dynamodb/engine.ts", import.meta.url).href)};
      const engine = await startEngine({ engine: { kind: "${kind}" }, log: () => {} });
      console.log(JSON.stringify(engine.address));
      setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const said = await new Promise<string>((resolve) => child.stdout.once("data", (text) => resolve(String(text))));
    const address = JSON.parse(said) as EngineAddress;
    expect(await isListening(address)).toBe(true);
    child.kill("SIGKILL");
    await until(async () => !(await isListening(address)));
  });
});

describe("which engine", () => {
  test("auto is dynoxide where its binary is installed", async () => {
    expect((await start({})).kind).toBe("dynoxide");
  });

  test("auto stays with the engine that wrote the data", async () => {
    const directory = dataDirectory();
    const first = await start({ engine: { kind: "dynalite" }, dataDirectory: directory });
    await first.close();
    expect(existsSync(join(directory, "dynamodb", "dynalite"))).toBe(true);
    expect((await start({ dataDirectory: directory })).kind).toBe("dynalite");
  });

  test("another engine than the one that wrote the data is refused", async () => {
    const directory = dataDirectory();
    const first = await start({ engine: { kind: "dynoxide" }, dataDirectory: directory });
    await first.createTables([notes]);
    await first.close();
    await expect(start({ engine: { kind: "dynalite" }, dataDirectory: directory })).rejects.toMatchObject({
      code: "DATA_DIRECTORY",
      message: expect.stringContaining("was written by dynoxide"),
    });
  });

  test("an endpoint by its URL", async () => {
    const { host, port } = tcpAddress(await start({ engine: { kind: "dynoxide" } }));
    const engine = await start({ engine: { kind: "endpoint", url: `http://${host}:${port}` } });
    await engine.createTables([notes]);
    await put(engine);
    expect(await scan(engine)).toEqual([item]);
  });

  test("an endpoint that leaves the errors' namespace out is given its tables, in the region that is meant", async () => {
    const calls: string[] = [];
    const server = createHttpServer((request, response) => {
      const operation = String(request.headers["x-amz-target"]).split(".")[1] ?? "";
      calls.push(`${operation} in ${request.headers.authorization?.split("/")[2]}`);
      const missing = operation === "DescribeTable" && !calls.some((call) => call.startsWith("CreateTable"));
      response.writeHead(missing ? 400 : 200);
      response.end(
        JSON.stringify(missing ? { __type: "ResourceNotFoundException" } : { Table: { TableStatus: "ACTIVE" } }),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    cleanups.push(() => server.close());
    const address = server.address();
    const url = `http://127.0.0.1:${typeof address === "object" ? address?.port : address}`;
    const engine = await start({ engine: { kind: "endpoint", url, region: "eu-central-1" } });
    await engine.createTables([notes]);
    expect(calls).toEqual(["DescribeTable", "CreateTable", "DescribeTable"].map((call) => `${call} in eu-central-1`));
  });

  test.each([
    "InvalidSignatureException",
    "com.amazon.coral.service#UnrecognizedClientException",
    "AccessDeniedException",
  ])("that enforces IAM is told apart: %s", async (type) => {
    const server = createHttpServer((_request, response) => {
      response.writeHead(400);
      response.end(JSON.stringify({ __type: type, message: "Signature expired" }));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    cleanups.push(() => server.close());
    const address = server.address();
    const url = `http://127.0.0.1:${typeof address === "object" ? address?.port : address}`;
    const engine = await start({ engine: { kind: "endpoint", url, region: "eu-central-1" } });
    await expect(engine.createTables([notes])).rejects.toThrow(/enforces IAM \(\w+\).*without AUTH=true/);
  });

  test.each(["nonsense", "ftp://localhost", "localhost:8000"])("%s is no endpoint", async (url) => {
    await expect(start({ engine: { kind: "endpoint", url } })).rejects.toMatchObject({ code: "USAGE" });
  });

  test("an endpoint that does not answer is named", async () => {
    const engine = await start({ engine: { kind: "endpoint", url: "http://127.0.0.1:1" } });
    await expect(engine.createTables([notes])).rejects.toMatchObject({
      code: "TARGET_UNREACHABLE",
      message: expect.stringContaining("http://127.0.0.1:1"),
    });
  });
});

describe("an engine that fails", () => {
  test("is started again when it dies, says so, and calls meanwhile are 500s", async () => {
    const running = await startGate("dynoxide");
    cleanups.push(() => running.close());
    const { port } = tcpAddress(running.engine);
    process.kill(processOn(port), "SIGKILL");
    const input = { TableName: notes.name, Item: item };
    await until(async () => {
      const { error } = await send(running.administrator, "PutItem", input);
      if (error !== undefined) expect(error).toMatchObject({ name: "InternalServerError", status: 500 });
      return error === undefined && tcpAddress(running.engine).port !== port;
    });
    expect(await running.gate.rawItems(notes.name)).toEqual([item]);
    expect(
      running.log.filter((line) => /engine dynoxide stopped.*in memory is lost.*Starting it again/.test(line)),
    ).toHaveLength(1);
  });

  const serve = async (onData: (socket: Socket) => void) => {
    const server: Server = createServer((socket) => {
      socket.on("error", () => {});
      socket.on("data", () => onData(socket));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    cleanups.push(() => server.close());
    const address = server.address();
    return engineClient({
      address: { host: "127.0.0.1", port: typeof address === "object" && address !== null ? address.port : 0 },
      timeoutMilliseconds: 50,
    });
  };

  test.each([
    ["never answers", () => {}, /in time/],
    ["hangs up", (socket: Socket) => socket.end(), /closed/],
    [
      "hangs up half way",
      (socket: Socket) => socket.end("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf"),
      /closed/,
    ],
    ["speaks no HTTP", (socket: Socket) => socket.write("hello\r\n\r\n"), /not HTTP/],
    ["gives no length", (socket: Socket) => socket.write("HTTP/1.1 200 OK\r\n\r\n"), /not HTTP/],
  ] as const)("one that %s is an error, never a hang", async (_name, onData, reason) => {
    const client = await serve(onData);
    await expect(client.call("ListTables", "{}")).rejects.toThrow(reason);
  });

  test("answers in pieces are put together, each to its own call", async () => {
    const client = await serve((socket) => {
      const body = String(socket.remotePort);
      const bytes = `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
      for (const byte of bytes) socket.write(byte);
    });
    const answers = await Promise.all(Array.from({ length: 5 }, () => client.call("ListTables", "{}")));
    expect(new Set(answers.map((answer) => answer.body.toString())).size).toBe(5);
    expect((await client.call("ListTables", "{}")).status).toBe(200);
    client.close();
  });
});

/** The process that the engine is, found as the operating system would: by what listens there. */
function processOn(port: number): number {
  const list = execFileSync("ps", ["-eo", "pid,args"], { encoding: "utf8" });
  const line = list.split("\n").find((text) => text.includes(`--port ${port}`) && text.includes("serve"));
  return Number(line?.trim().split(/\s+/)[0]);
}

describe("tables while running", () => {
  test("one is added without losing the others, one that left is out of reach but kept", async () => {
    const running = await startGate("dynoxide", [notes]);
    cleanups.push(() => running.close());
    const input = { TableName: notes.name, Item: item };
    await send(running.administrator, "PutItem", input);
    const roles = { byArn: () => undefined };
    await running.gate.reconfigure([counters], roles);
    expect((await send(running.administrator, "PutItem", input)).error?.name).toBe("ResourceNotFoundException");
    expect((await send(running.administrator, "ListTables", {})).output).toEqual({ TableNames: [counters.name] });
    await running.gate.reconfigure([notes, counters], roles);
    const { output } = await send(running.administrator, "GetItem", { TableName: notes.name, Key: item });
    expect(output).toEqual({ Item: item });
  });

  test("another schema is refused, and the last good one keeps serving", async () => {
    const running = await startGate("dynoxide", [notes]);
    cleanups.push(() => running.close());
    await expect(running.gate.reconfigure([{ ...notes, indexes: [] }], { byArn: () => undefined })).rejects.toThrow(
      notes.name,
    );
    expect((await send(running.administrator, "GetItem", { TableName: notes.name, Key: item })).output).toEqual({});
  });
});
