/** Requests per second, latency, processor time and memory under load, beside the floor's. */
import type { Figure } from "./figures.mts";
import { createTodos, type Ready, startHarness, TITLE, tokenFor } from "./harness.mts";
import {
  run,
  type Started,
  start,
  treeMemoryMebibytes,
  treeProcessorMilliseconds,
  untilTreeRests,
} from "./processes.mts";

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
  /** How many requests a load makes in all of its rounds. */
  readonly requests: number;
  readonly report: (figure: Figure) => void;
}

/** What is asked, by how many connections. */
interface Asked {
  readonly name: string;
  readonly connections: number;
  readonly request: object;
  /** Of the requests of a round: a request that is soon answered needs more of them to be measured. */
  readonly share: number;
}

/** Ours and the floor take short turns, so that what else the machine and its host do meets both, and leaves a round of each alone. */
const ROUNDS = 9;
/** Each sandbox compiles the SDK by itself: before that is over, after some 5,000 requests, the compiler would be measured too. */
const WARM_UP_REQUESTS = 12_000;

async function load(server: Server, { connections, request }: Asked, count: number): Promise<Measured> {
  const before = treeProcessorMilliseconds(server.pid);
  const words = [`${server.url}/todos`, String(connections), String(count), JSON.stringify(request)];
  const measured = await run<Load>("bench/load.mts", words);
  const used = treeProcessorMilliseconds(server.pid) - before;
  return { ...measured, processorMicroseconds: (used * 1000) / measured.requests };
}

type Side = "ours" | "floor";
type Servers = Readonly<Record<Side, Server>>;

async function warmUp(servers: Servers, asked: Asked): Promise<void> {
  for (const side of ["floor", "ours"] as const) await load(servers[side], asked, WARM_UP_REQUESTS);
}

async function compare(servers: Servers, asked: Asked, { requests, report }: LoadOptions): Promise<void> {
  const measured: Record<Side, Measured[]> = { ours: [], floor: [] };
  const count = Math.round((requests * asked.share) / ROUNDS);
  for (let round = 0; round < ROUNDS; round += 1)
    for (const side of ["floor", "ours"] as const) measured[side].push(await load(servers[side], asked, count));
  for (const { errors, statuses } of measured.ours)
    if (errors > 0 || statuses.length !== 1)
      throw new Error(`${asked.name}: ${errors} errors, statuses ${statuses.join(", ")}`);
  reportLoad(asked, measured, report);
}

/** Of the rounds the best: whatever else the machine does only makes a round worse. */
function reportLoad(
  { name, connections }: Asked,
  { ours, floor }: Readonly<Record<Side, readonly Measured[]>>,
  report: LoadOptions["report"],
): void {
  const title = `${name}, ${connections} connection${connections === 1 ? "" : "s"}`;
  const figure = (what: string, unit: Figure["unit"], pick: (measured: Measured) => number): void => {
    const best = unit === "/s" ? Math.max : Math.min;
    const [mine, least] = [ours, floor].map((rounds) => best(...rounds.map(pick)));
    if (mine === undefined || least === undefined) return;
    report({ name: `${title}: ${what}`, unit, ours: mine, floor: least, lessIsBetter: unit !== "/s" });
  };
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
    await untilTreeRests(harness.pid);
    await allLoads(harness, floor, options);
  } finally {
    await Promise.all([harness.stop(), floor.stop()]);
  }
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
  const asked = [
    { name: "missing token", request: { method: "GET" }, share: 10 },
    { name: "GET /todos, 10 items", request: get, share: 1 },
    { name: "POST /todos", request: post, share: 1 },
  ];
  for (const each of asked) {
    await warmUp(servers, { ...each, connections: 10 });
    await compare(servers, { ...each, connections: 10 }, options);
    await compare(servers, { ...each, connections: 1, share: each.share / 4 }, options);
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
