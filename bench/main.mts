/** `npm run bench`: prints what the harness costs, beside a floor measured in the same run. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { deflateRawSync } from "node:zlib";
import { evaluateProgram } from "../harness/pulumi/evaluate.ts";
import type { Archive } from "../harness/pulumi/resource-graph.ts";
import { ROOT, run, type Started, start, treeMemoryMebibytes } from "./processes.mts";

interface Ready {
  readonly apiUrl: string;
  readonly awsEndpointUrl: string;
  readonly region: string;
  readonly userPoolId: string;
  readonly readyMilliseconds: number;
}

interface Load {
  readonly rate: number;
  readonly p50: number;
  readonly p99: number;
  readonly errors: number;
  readonly statuses: readonly string[];
}

const SECONDS = Number(process.env.BENCH_SECONDS ?? 5);
/** The stack's own throttle would be measured otherwise. */
const UNTHROTTLED = ["--config", "throttlingRateLimit=10000", "--config", "throttlingBurstLimit=5000"];
const SERVE = ["serve", "--json", "--no-watch", "--port", "0", "--aws-port", "0", ...UNTHROTTLED];
const CACHE = join(ROOT, "node_modules", ".cache", "pulumi-harness");
const TITLE = JSON.stringify({ title: "Buy milk", description: "Two litres, and bread if there is any left." });

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function say(...cells: readonly (string | number)[]): void {
  console.log(
    cells
      .map((cell, index) => String(cell).padEnd(index === 0 ? 44 : 14))
      .join("")
      .trimEnd(),
  );
}

async function readyTimes(prepare: () => void, runs: number): Promise<number[]> {
  const times: number[] = [];
  for (let index = 0; index < runs; index += 1) {
    prepare();
    const harness = await start<Ready>("harness/main.ts", SERVE);
    times.push(harness.ready.readyMilliseconds);
    await harness.stop();
  }
  return times;
}

async function tokenFor(ready: Ready, username: string): Promise<string> {
  const body = JSON.stringify({
    username,
    sub: username,
    expiresInSeconds: 3600,
    claims: { scope: "aws.cognito.signin.user.admin" },
  });
  const response = await fetch(`${ready.awsEndpointUrl}/_harness/tokens`, { method: "POST", body });
  return ((await response.json()) as { token: string }).token;
}

async function createTen(url: string, token: string): Promise<void> {
  for (let index = 0; index < 10; index += 1) {
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const response = await fetch(`${url}/todos`, { method: "POST", headers, body: TITLE });
    if (response.status !== 201)
      throw new Error(`POST ${url}/todos answered ${response.status}: ${await response.text()}`);
  }
}

async function load(url: string, connections: number, request: object): Promise<Load> {
  await run<Load>("bench/load.mts", [`${url}/todos`, String(connections), "2", JSON.stringify(request)]);
  return run<Load>("bench/load.mts", [`${url}/todos`, String(connections), String(SECONDS), JSON.stringify(request)]);
}

async function compare(
  name: string,
  urls: { ours: string; floor: string },
  connections: number,
  request: object,
): Promise<void> {
  const floor = await load(urls.floor, connections, request);
  const ours = await load(urls.ours, connections, request);
  if (ours.errors > 0 || ours.statuses.length !== 1)
    throw new Error(`${name}: ${ours.errors} errors, statuses ${ours.statuses.join(", ")}`);
  const ratio = (ours.rate / floor.rate).toFixed(2);
  say(
    `${name}, ${connections} connection${connections === 1 ? "" : "s"}`,
    `${Math.round(ours.rate)}/s`,
    `${Math.round(floor.rate)}/s`,
    ratio,
    `${ours.p50} ms`,
    `${floor.p50} ms`,
    `${ours.p99} ms`,
  );
}

function zippedBytes(archive: Archive): number {
  if (archive.kind !== "archive") return Number.NaN;
  const entries = Object.entries(archive.entries).map(([name, entry]) => {
    const content = entry.kind === "text" ? deflateRawSync(entry.text, { level: 9 }).length : Number.NaN;
    return content + 76 + 2 * Buffer.byteLength(name);
  });
  return entries.reduce((sum, bytes) => sum + bytes, 22);
}

async function packages(): Promise<void> {
  const { graph } = await evaluateProgram({ programDirectory: ROOT });
  for (const { name, inputs } of graph.ofType("aws:lambda/function:Function")) {
    say(`package of ${name}`, `${(zippedBytes(inputs.code as Archive) / 1024).toFixed(1)} KiB zipped`);
  }
}

/** The functions' own REPORT lines: `Init Duration: … ms`, or `initDurationMs` in JSON. */
function initDurations(log: string): void {
  const found = [...log.matchAll(/^\[?([\w-]+).*?(?:Init Duration: ([\d.]+) ms|"initDurationMs":([\d.]+))/gm)];
  for (const [name, times] of Map.groupBy(found, ([, name]) => name ?? "")) {
    say(`cold start of ${name}`, `${Math.round(median(times.map(([, , text, json]) => Number(text ?? json))))} ms`);
  }
}

async function loads(harness: Started<Ready>, floor: Started<{ readonly url: string }>): Promise<void> {
  const urls = { ours: harness.ready.apiUrl, floor: floor.ready.url };
  const reader = await tokenFor(harness.ready, "reader");
  const writer = await tokenFor(harness.ready, "writer");
  await Promise.all([createTen(urls.ours, reader), createTen(urls.floor, reader)]);
  const get = { method: "GET", headers: { authorization: `Bearer ${reader}` } };
  const post = {
    method: "POST",
    headers: { authorization: `Bearer ${writer}`, "content-type": "application/json" },
    body: TITLE,
  };
  say("", "ours", "floor", "ratio", "p50", "floor p50", "p99");
  for (const connections of [1, 10]) {
    await compare("missing token", urls, connections, { method: "GET" });
    await compare("GET /todos, 10 items", urls, connections, get);
    await compare("POST /todos", urls, connections, post);
  }
  const memory = [harness.pid, floor.pid].map((pid) => `${treeMemoryMebibytes(pid)} MiB`);
  say("memory after the load, whole tree", ...memory);
}

async function beside({ awsEndpointUrl, region, userPoolId }: Ready): Promise<Started<{ readonly url: string }>> {
  const issuer = `https://cognito-idp.${region}.amazonaws.com/${userPoolId}`;
  return start("bench/floor.mts", [`${awsEndpointUrl}/${userPoolId}/.well-known/jwks.json`, issuer]);
}

const cold = await readyTimes(() => rmSync(CACHE, { recursive: true, force: true }), 3);
const evaluated = await readyTimes(() => {}, 5);
say("ready, nothing kept", `${median(cold)} ms`);
say("ready, evaluation kept", `${median(evaluated)} ms`);
const harness = await start<Ready>("harness/main.ts", SERVE);
say("memory at rest, whole tree", `${treeMemoryMebibytes(harness.pid)} MiB`);
const floor = await beside(harness.ready);
try {
  await loads(harness, floor);
} finally {
  await Promise.all([harness.stop(), floor.stop()]);
}
initDurations(harness.log());
await packages();
