/**
 * Runs the README's start command as a user would and checks that it answers, refuses and stops. A program of its own
 * and not a test, since it tries `npm start` itself.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

interface Ready {
  readonly apiUrl: string;
  readonly awsEndpointUrl: string;
  readonly readyMilliseconds: number;
}

async function firstLine(child: ChildProcess): Promise<Ready> {
  if (child.stdout === null) throw new Error("npm start has no standard output");
  const lines = createInterface({ input: child.stdout });
  for await (const line of lines) return JSON.parse(line) as Ready;
  throw new Error("npm start ended without being ready");
}

async function expectStatus(url: string, status: number): Promise<void> {
  const response = await fetch(url);
  if (response.status !== status) throw new Error(`${url} answered ${response.status} and not ${status}`);
}

const words = ["start", "--silent", "--", "--json", "--port", "0", "--aws-port", "0"];
const child = spawn("npm", words, { stdio: ["ignore", "pipe", "inherit"], detached: true });
const exited = once(child, "exit");
try {
  const ready = await firstLine(child);
  await expectStatus(`${ready.awsEndpointUrl}/_harness/health`, 200);
  await expectStatus(`${ready.apiUrl}/todos`, 401);
  await expectStatus(`${ready.apiUrl}/nope`, 404);
  console.log(`ready after ${ready.readyMilliseconds} ms`);
} finally {
  const before = performance.now();
  // As Ctrl-C does: to the whole process group.
  if (child.pid !== undefined) process.kill(-child.pid, "SIGINT");
  await exited;
  console.log(`stopped after ${Math.round(performance.now() - before)} ms`);
}
