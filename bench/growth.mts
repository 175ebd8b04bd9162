/** What becomes of time and memory as data, users, requests and connections grow: all of it should stay flat. */
import { mkdtemp, rm } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BatchWriteItemCommand, DynamoDBClient, type WriteRequest } from "@aws-sdk/client-dynamodb";
import type { Figure } from "./figures.mts";
import { median, type Ready, startHarness, tokenFor } from "./harness.mts";
import { run, type Started, treeMemoryMebibytes } from "./processes.mts";

type Report = (figure: Figure) => void;

export async function measureGrowth(report: Report): Promise<void> {
  await withHarness([], async (harness) => {
    await pagesOfOneUser(harness, report);
    await manyUsers(harness, report);
  });
  await withHarness([], async (harness) => {
    await anHourOfLoad(harness, report);
    await openConnections(harness, report);
  });
  await keptData(report);
}

async function withHarness(words: readonly string[], use: (harness: Started<Ready>) => Promise<void>): Promise<number> {
  const harness = await startHarness(...words);
  try {
    await use(harness);
  } finally {
    await harness.stop();
  }
  return harness.ready.readyMilliseconds;
}

/** The emulated administrator, as the harness announces its credentials. */
async function administrator({ ready, log, nextLog }: Started<Ready>): Promise<DynamoDBClient> {
  const said = /credentials: (\S+) \/ (\S+)/;
  if (!said.test(log())) await nextLog(said);
  const [, accessKeyId = "", secretAccessKey = ""] = said.exec(log()) ?? [];
  const credentials = { accessKeyId, secretAccessKey };
  return new DynamoDBClient({ endpoint: ready.awsEndpointUrl, region: ready.region, credentials });
}

/** Items as the program's own handler writes them. The id grows with its number, as ids of that handler do with time. */
function todo(userId: string, number: number): WriteRequest {
  const at = new Date(1_700_000_000_000 + number * 1000).toISOString();
  const todoId = `01a2117b-b4d0-7000-8000-${number.toString(16).padStart(12, "0")}`;
  return {
    PutRequest: {
      Item: {
        userId: { S: userId },
        todoId: { S: todoId },
        title: { S: "Buy milk" },
        completed: { BOOL: false },
        createdAt: { S: at },
        updatedAt: { S: at },
        version: { N: "1" },
      },
    },
  };
}

const BATCH = 25;
const AT_ONCE = 4;

async function write(client: DynamoDBClient, tableName: string, requests: readonly WriteRequest[]): Promise<void> {
  const batches = Array.from({ length: Math.ceil(requests.length / BATCH) }, (_, index) =>
    requests.slice(index * BATCH, (index + 1) * BATCH),
  );
  const next = async (): Promise<void> => {
    for (let batch = batches.pop(); batch !== undefined; batch = batches.pop())
      await client.send(new BatchWriteItemCommand({ RequestItems: { [tableName]: batch } }));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, next));
}

async function timeOfGet(
  url: string,
  token: string,
): Promise<{ readonly milliseconds: number; readonly body: string }> {
  const started = performance.now();
  const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
  const body = await response.text();
  if (response.status !== 200) throw new Error(`GET ${url} answered ${response.status}: ${body}`);
  return { milliseconds: performance.now() - started, body };
}

const ROUNDS = 15;

/** The median of some rounds, after one that warms up. */
async function medianGet(url: string, token: string): Promise<number> {
  await timeOfGet(url, token);
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) times.push((await timeOfGet(url, token)).milliseconds);
  return median(times);
}

/** The cursor that leads to the last page of a hundred. */
async function lastPage(url: string, token: string): Promise<string> {
  let cursor: string | undefined;
  for (;;) {
    const address = cursor === undefined ? url : `${url}&cursor=${encodeURIComponent(cursor)}`;
    const { nextCursor } = JSON.parse((await timeOfGet(address, token)).body) as { nextCursor?: string };
    if (nextCursor === undefined) return address;
    cursor = nextCursor;
  }
}

async function pagesOfOneUser(harness: Started<Ready>, report: Report): Promise<void> {
  const { apiUrl, tableName } = harness.ready;
  const client = await administrator(harness);
  const url = `${apiUrl}/todos?limit=100`;
  for (const count of [100, 1_000, 10_000]) {
    const user = `has-${count}`;
    await write(
      client,
      tableName,
      Array.from({ length: count }, (_, number) => todo(user, number)),
    );
    const token = await tokenFor(harness.ready, user);
    const name = `a page of 100 of ${count.toLocaleString("en")} todos`;
    report({ name: `${name}, the first`, unit: "ms", ours: await medianGet(url, token), lessIsBetter: true });
    if (count === 100) continue;
    const ours = await medianGet(await lastPage(url, token), token);
    report({ name: `${name}, the last`, unit: "ms", ours, lessIsBetter: true });
  }
  client.destroy();
}

async function manyUsers(harness: Started<Ready>, report: Report): Promise<void> {
  const { apiUrl, tableName } = harness.ready;
  const client = await administrator(harness);
  let made = 0;
  for (const users of [1, 100, 10_000]) {
    const requests = Array.from({ length: users - made }, (_, index) => todo(`user-${made + index}`, 0));
    await write(client, tableName, requests);
    made = users;
    const ours = await medianGet(`${apiUrl}/todos`, await tokenFor(harness.ready, `user-${users - 1}`));
    report({ name: `GET /todos with ${users.toLocaleString("en")} users`, unit: "ms", ours, lessIsBetter: true });
  }
  client.destroy();
}

const REQUESTS_OF_AN_HOUR = 36_000;

/** Ten requests a second for an hour are 36,000. Sent as fast as they go: what is kept for each must be bounded. */
async function anHourOfLoad(harness: Started<Ready>, report: Report): Promise<void> {
  const { apiUrl } = harness.ready;
  const token = await tokenFor(harness.ready, "hour");
  const request = JSON.stringify({ method: "GET", headers: { authorization: `Bearer ${token}` } });
  for (const third of [1, 2, 3]) {
    await run("bench/load.mts", [`${apiUrl}/todos`, "10", String(REQUESTS_OF_AN_HOUR / 3), request]);
    const name = `memory after ${(REQUESTS_OF_AN_HOUR * third) / 3 / 1000},000 requests, whole tree`;
    report({ name, unit: "MiB", ours: treeMemoryMebibytes(harness.pid), lessIsBetter: true });
  }
}

const CONNECTIONS = 1_000;

async function openConnections(harness: Started<Ready>, report: Report): Promise<void> {
  const { apiUrl } = harness.ready;
  const token = await tokenFor(harness.ready, "hour");
  const { hostname, port } = new URL(apiUrl);
  const before = treeMemoryMebibytes(harness.pid);
  const sockets = await Promise.all(Array.from({ length: CONNECTIONS }, () => opened(Number(port), hostname)));
  const ours = await medianGet(`${apiUrl}/todos`, token);
  report({ name: "GET /todos beside 1,000 open connections", unit: "ms", ours, lessIsBetter: true });
  const grown = treeMemoryMebibytes(harness.pid) - before;
  report({ name: "memory for 1,000 open connections", unit: "MiB", ours: grown, lessIsBetter: true });
  for (const socket of sockets) socket.destroy();
}

function opened(port: number, host: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host }, () => resolve(socket));
    socket.once("error", reject);
  });
}

const KEPT_TODOS = 100_000;

async function keptData(report: Report): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), "bench-data-"));
  const data = ["--data", directory];
  try {
    await withHarness(data, async () => {});
    const empty = await readyTimes(data);
    await withHarness(data, async (harness) => {
      const client = await administrator(harness);
      const requests = Array.from({ length: KEPT_TODOS }, (_, number) => todo(`user-${number % 1_000}`, number));
      await write(client, harness.ready.tableName, requests);
      client.destroy();
    });
    const full = await readyTimes(data);
    report({ name: "ready, data kept, empty", unit: "ms", ours: empty, lessIsBetter: true });
    report({ name: "ready, data kept, 100,000 todos", unit: "ms", ours: full, lessIsBetter: true });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function readyTimes(words: readonly string[]): Promise<number> {
  const times: number[] = [];
  for (let index = 0; index < 3; index += 1) times.push(await withHarness(words, async () => {}));
  return median(times);
}
