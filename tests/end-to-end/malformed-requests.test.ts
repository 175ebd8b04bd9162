import { Agent, request as httpRequest } from "node:http";
import { connect } from "node:net";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { rawCall } from "./support/calls.ts";
import {
  type MalformedRequest,
  malformedBytes,
  malformedRequests,
  malformedServiceRequests,
} from "./support/malformed-requests.ts";
import { newPerson, type Person } from "./support/people.ts";
import { type Served, serveProgram } from "./support/served.ts";

/** Together ten thousand. */
const COUNTS = { api: 7_000, services: 2_400, sockets: 600 };
/** More than the servers take at once, so that requests also wait. */
const AT_ONCE = 24;
/** The stack lets a hundred requests a second through: on this clock they arrive no faster. */
const MILLISECONDS_BETWEEN_REQUESTS = 15;
const SEED = 20_260_101;

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Sends one over a kept connection; a request that the client itself finds impossible counts as sent. */
function send(
  base: string,
  agent: Agent,
  { method, path, headers, body }: MalformedRequest,
): Promise<Answer | "refused"> {
  const { hostname, port } = new URL(base);
  const flat = [
    "host",
    `${hostname}:${port}`,
    ...headers.flat(),
    ...(body === undefined ? [] : ["content-length", String(body.length)]),
  ];
  return new Promise((resolve, reject) => {
    const request = httpRequest({ hostname, port, method, path, headers: flat, agent });
    request.once("error", (error: NodeJS.ErrnoException) =>
      error.code === "ECONNREFUSED" ? reject(error) : resolve("refused"),
    );
    request.once("response", (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.once("error", () => resolve("refused"));
      response.once("end", () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
    });
    request.end(body);
  });
}

/** Puts bytes onto a socket and waits until the server has closed it; half a message is ended by our side. */
function sendBytes(base: string, bytes: Buffer): Promise<string> {
  const { hostname, port } = new URL(base);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect(Number(port), hostname);
    socket.once("error", (error: NodeJS.ErrnoException) => (error.code === "ECONNREFUSED" ? reject(error) : undefined));
    socket.on("data", (chunk: Buffer) => chunks.push(chunk));
    socket.once("close", () => resolve(Buffer.concat(chunks).toString("latin1")));
    socket.end(bytes);
  });
}

async function inBatches<Value, Result>(
  values: readonly Value[],
  act: (value: Value) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const waiting = values.values();
  const work = async () => {
    for (const value of waiting) results.push(await act(value));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return results;
}

describe("ten thousand malformed requests", () => {
  let served: Served;
  let ana: Person;
  let aheadMilliseconds = 0;
  const rejections: unknown[] = [];
  const onRejection = (reason: unknown) => rejections.push(reason);
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  const tick = () => {
    aheadMilliseconds += MILLISECONDS_BETWEEN_REQUESTS;
  };
  beforeAll(async () => {
    process.on("unhandledRejection", onRejection);
    served = await serveProgram({ clock: { nowMilliseconds: () => Date.now() + aheadMilliseconds } });
    ana = await newPerson(served, "ana@example.com");
  });
  afterAll(async () => {
    agent.destroy();
    await served?.close();
    process.off("unhandledRejection", onRejection);
  });

  function expectNoFault(sent: readonly MalformedRequest[], answers: readonly (Answer | "refused")[]): void {
    const faults = answers.flatMap((answer) => (answer !== "refused" && answer.status >= 500 ? [answer] : []));
    expect(faults).toEqual([]);
    expect(answers).toHaveLength(sent.length);
    const shown = answers.flatMap((answer) => (answer === "refused" ? [] : [answer.text]));
    expect(shown.filter((text) => /node_modules|\.ts:\d|at [A-Za-z.]+ \(/.test(text))).toEqual([]);
    expect(served.lines.filter((line) => /Defect|TypeError|failed on a request/.test(line))).toEqual([]);
    expect(rejections).toEqual([]);
  }

  test("to the API: refused or served, never a 500", async () => {
    const requests = fc.sample(malformedRequests(ana.accessToken), { numRuns: COUNTS.api, seed: SEED });
    const answers = await inBatches(requests, (request) => {
      tick();
      return send(served.apiUrl, agent, request);
    });
    expectNoFault(requests, answers);
    const statuses = new Set(answers.map((answer) => (answer === "refused" ? 0 : answer.status)));
    // Were one of these missing, the requests would no longer reach what they are meant to try.
    for (const status of [200, 400, 401, 404, 413, 431]) expect([...statuses]).toContain(status);
    expect([...statuses]).not.toContain(429);
  });

  test("to the AWS endpoint: refused, never a 500", async () => {
    const requests = fc.sample(malformedServiceRequests(), { numRuns: COUNTS.services, seed: SEED });
    const answers = await inBatches(requests, (request) => send(served.awsEndpointUrl, agent, request));
    expectNoFault(requests, answers);
    const statuses = new Set(answers.map((answer) => (answer === "refused" ? 0 : answer.status)));
    for (const status of [200, 400, 404]) expect([...statuses]).toContain(status);
  });

  test("bytes that are no HTTP: the connection ends, and no other one is disturbed", async () => {
    const all = fc.sample(malformedBytes, { numRuns: COUNTS.sockets, seed: SEED });
    const answers = await inBatches(all, (bytes) => {
      tick();
      return sendBytes(bytes.length % 3 === 0 ? served.awsEndpointUrl : served.apiUrl, bytes);
    });
    expect(answers).toHaveLength(all.length);
    expect(answers.filter((text) => /^HTTP\/1\.1 5/.test(text))).toEqual([]);
    expect(answers.filter((text) => /^HTTP\/1\.1 4/.test(text)).length).toBeGreaterThan(100);
    expect(rejections).toEqual([]);
  });

  test("and afterwards all is as it was", async () => {
    aheadMilliseconds += 10_000;
    const list = { method: "GET", path: "/todos?limit=1", token: ana.accessToken } as const;
    expect(await rawCall(served, list)).toMatchObject({ status: 200 });
    const health = await fetch(`${served.awsEndpointUrl}/_harness/health`);
    expect(await health.json()).toEqual({ status: "ready" });
    const rows = await served.rawItems(served.tableName);
    expect(rows.filter(({ userId }) => JSON.stringify(userId) !== JSON.stringify({ S: ana.sub }))).toEqual([]);
  });
});
