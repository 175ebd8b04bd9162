/** How long a function's environment takes to begin, by its own report. */
import type { Figure } from "./figures.mts";
import { createTodos, median, type Ready, startHarness, tokenFor } from "./harness.mts";
import { type Started, untilTreeRests } from "./processes.mts";

const RUNS = 5;
const ID = "01890000-0000-7000-8000-000000000000";
/** One request for each function but `createTodo`, whatever it answers. */
const REQUESTS = [
  ["GET", "/todos"],
  ["PUT", `/todos/${ID}`],
  ["DELETE", `/todos/${ID}`],
] as const;

/** The first request of each function, with nothing else to do. */
export async function measureColdStarts(report: (figure: Figure) => void): Promise<void> {
  const logs: string[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    const harness = await startHarness();
    await firstRequests(harness);
    await harness.stop();
    logs.push(harness.log());
  }
  for (const [name, times] of initDurations(logs.join("\n")))
    report({ name: `cold start of ${name}`, unit: "ms", ours: median(times), lessIsBetter: true });
}

async function firstRequests({ ready, pid }: Started<Ready>): Promise<void> {
  const token = await tokenFor(ready, "first");
  await untilTreeRests(pid);
  await createTodos(ready.apiUrl, token, 1);
  for (const [method, path] of REQUESTS) {
    await untilTreeRests(pid);
    const response = await fetch(ready.apiUrl + path, { method, headers: { authorization: `Bearer ${token}` } });
    await response.text();
  }
}

/** Of the functions' own REPORT lines: `Init Duration: … ms`, or `initDurationMs` in JSON. */
function initDurations(log: string): ReadonlyMap<string, readonly number[]> {
  const found = [...log.matchAll(/^\[?([\w-]+).*?(?:Init Duration: ([\d.]+) ms|"initDurationMs":([\d.]+))/gm)];
  const byName = Map.groupBy(found, ([, name]) => name ?? "");
  return new Map([...byName].map(([name, matches]) => [name, matches.map(([, , text, json]) => Number(text ?? json))]));
}
