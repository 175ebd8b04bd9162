/** The harness under measurement, and the requests that are made to it. */
import { randomUUID } from "node:crypto";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import packageJson from "../package.json" with { type: "json" };
import { ROOT, type Started, start } from "./processes.mts";

export interface Ready {
  readonly apiUrl: string;
  readonly awsEndpointUrl: string;
  readonly region: string;
  readonly userPoolId: string;
  readonly tableName: string;
  readonly readyMilliseconds: number;
}

/** The stack's own throttle would be measured otherwise. */
const UNTHROTTLED = ["--config", "throttlingRateLimit=10000", "--config", "throttlingBurstLimit=5000"];

/** What can be made again: evaluations, compiled code. */
const CACHE = join(ROOT, "node_modules", ".cache", "pulumi-harness");
const MOVED = `${CACHE}-moved`;

/** Has the next start find nothing kept. Moved, and not removed: where thousands of files were removed, ext4 makes each new one
 * slowly for minutes, which would be measured too. */
export async function moveCache(): Promise<void> {
  await mkdir(MOVED, { recursive: true });
  await rename(CACHE, join(MOVED, randomUUID())).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
  });
}

/** For the end of all measuring. */
export function removeMovedCaches(): Promise<void> {
  return rm(MOVED, { recursive: true, force: true });
}

export const TITLE = JSON.stringify({
  title: "Buy milk",
  description: "Two litres, and bread if there is any left.",
});

/** Those that `npm start` gives to Node.js. */
function nodeOptions(): readonly string[] {
  const [, ...words] = packageJson.scripts.start.split(" ");
  return words.slice(
    0,
    words.findIndex((word) => !word.startsWith("--")),
  );
}

export function startHarness(...more: readonly string[]): Promise<Started<Ready>> {
  return startWatching("--no-watch", ...more);
}

export function startWatching(...more: readonly string[]): Promise<Started<Ready>> {
  const words = ["serve", "--json", "--port", "0", "--aws-port", "0", ...UNTHROTTLED, ...more];
  return start<Ready>("harness/main.ts", words, nodeOptions());
}

/** A token of the harness's own pool for a user, valid for an hour. */
export async function tokenFor(ready: Ready, username: string): Promise<string> {
  const body = JSON.stringify({
    username,
    sub: username,
    expiresInSeconds: 3600,
    claims: { scope: "aws.cognito.signin.user.admin" },
  });
  const response = await fetch(`${ready.awsEndpointUrl}/_harness/tokens`, { method: "POST", body });
  return ((await response.json()) as { token: string }).token;
}

export async function createTodos(url: string, token: string, count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const response = await fetch(`${url}/todos`, { method: "POST", headers, body: TITLE });
    if (response.status !== 201)
      throw new Error(`POST ${url}/todos answered ${response.status}: ${await response.text()}`);
  }
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
