/** Requests per second, latency, processor time and memory under load, beside the floor's. */
import type { Figure } from "./figures.mts";
import { createTodos, type Ready, startHarness, TITLE, tokenFor } from "./harness.mts";
import { run, type Started, start, treeMemoryMebibytes, treeProcessorMilliseconds } from "./processes.mts";

interface Load {
  readonly requests: number;
  readonly rate: number;
  readonly p50Microseconds: number;
  readonly p99Microseconds: number;
  readonly errors: number;
  readonly statuses: readonly string[];
}

interface Measured extends Load {
  /** Of the whole tree, for one request, while the load ran. */
  readonly processorMicroseconds: number;
}

interface Server {
  readonly url: string;
  readonly pid: number;
}

export type Floor = Started<{ readonly url: string }>;

export interface LoadOptions {
  readonly seconds: number;
  readonly report: (figure: Figure) => void;
}

async function load(server: Server, connections: number, request: object, seconds: number): Promise<Measured> {
  const words = (duration: number) => [
    `${server.url}/todos`,
    String(connections),
    String(duration),
    JSON.stringify(request),
  ];
  await run<Load>("bench/load.mts", words(2));
  const before = treeProcessorMilliseconds(server.pid);
  const measured = await run<Load>("bench/load.mts", words(seconds));
  const used = treeProcessorMilliseconds(server.pid) - before;
  return { ...measured, processorMicroseconds: (used * 1000) / measured.requests };
}

async function compare(
  name: string,
  servers: { readonly ours: Server; readonly floor: Server },
  load10: { readonly connections: number; readonly request: object },
  { seconds, report }: LoadOptions,
): Promise<void> {
  const { connections, request } = load10;
  const floor = await load(servers.floor, connections, request, seconds);
  const ours = await load(servers.ours, connections, request, seconds);
  if (ours.errors > 0 || ours.statuses.length !== 1)
    throw new Error(`${name}: ${ours.errors} errors, statuses ${ours.statuses.join(", ")}`);
  const title = `${name}, ${connections} connection${connections === 1 ? "" : "s"}`;
  const figure = (what: string, unit: Figure["unit"], pick: (measured: Measured) => number): void =>
    report({ name: `${title}: ${what}`, unit, ours: pick(ours), floor: pick(floor), lessIsBetter: unit !== "/s" });
  figure("rate", "/s", ({ rate }) => rate);
  if (connections === 1) figure("p50", "µs", ({ p50Microseconds }) => p50Microseconds);
  figure("p99", connections === 1 ? "µs" : "ms", ({ p99Microseconds }) =>
    connections === 1 ? p99Microseconds : p99Microseconds / 1000,
  );
  figure("processor time of a request", "µs", ({ processorMicroseconds }) => processorMicroseconds);
}

export async function measureLoads(options: LoadOptions): Promise<void> {
  const harness = await startHarness();
  const floor = await startFloor(harness.ready);
  try {
    await allLoads(harness, floor, options);
  } finally {
    await Promise.all([harness.stop(), floor.stop()]);
  }
  coldStarts(harness.log(), options.report);
}

async function allLoads(harness: Started<Ready>, floor: Floor, options: LoadOptions): Promise<void> {
  const servers = {
    ours: { url: harness.ready.apiUrl, pid: harness.pid },
    floor: { url: floor.ready.url, pid: floor.pid },
  };
  const reader = await tokenFor(harness.ready, "reader");
  const writer = await tokenFor(harness.ready, "writer");
  await Promise.all([createTodos(servers.ours.url, reader, 10), createTodos(servers.floor.url, reader, 10)]);
  const get = { method: "GET", headers: { authorization: `Bearer ${reader}` } };
  const post = {
    method: "POST",
    headers: { authorization: `Bearer ${writer}`, "content-type": "application/json" },
    body: TITLE,
  };
  for (const connections of [1, 10]) {
    await compare("missing token", servers, { connections, request: { method: "GET" } }, options);
    await compare("GET /todos, 10 items", servers, { connections, request: get }, options);
    await compare("POST /todos", servers, { connections, request: post }, options);
  }
  options.report({
    name: "memory after the load, whole tree",
    unit: "MiB",
    ours: treeMemoryMebibytes(harness.pid),
    floor: treeMemoryMebibytes(floor.pid),
    lessIsBetter: true,
  });
}

async function startFloor({ awsEndpointUrl, region, userPoolId }: Ready): Promise<Floor> {
  const issuer = `https://cognito-idp.${region}.amazonaws.com/${userPoolId}`;
  return start("bench/floor.mts", [`${awsEndpointUrl}/${userPoolId}/.well-known/jwks.json`, issuer]);
}

/** The functions' own REPORT lines: `Init Duration: … ms`, or `initDurationMs` in JSON. */
function coldStarts(log: string, report: (figure: Figure) => void): void {
  const found = [...log.matchAll(/^\[?([\w-]+).*?(?:Init Duration: ([\d.]+) ms|"initDurationMs":([\d.]+))/gm)];
  for (const [name, times] of Map.groupBy(found, ([, name]) => name ?? "")) {
    const sorted = times.map(([, , text, json]) => Number(text ?? json)).sort((a, b) => a - b);
    const ours = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
    report({ name: `cold start of ${name}`, unit: "ms", ours, lessIsBetter: true });
  }
}
