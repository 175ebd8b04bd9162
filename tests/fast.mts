/** `npm run test:fast`: types, lint, and every test that starts no process, side by side. Exit code 1 when one fails. */
import { spawn } from "node:child_process";

interface Part {
  readonly name: string;
  readonly command: string;
}

const PARTS: readonly Part[] = [
  { name: "tests", command: "vitest run --project fast --silent=passed-only" },
  { name: "types", command: "npm run --silent typecheck" },
  { name: "lint", command: "npm run --silent lint" },
];

interface Result {
  readonly passed: boolean;
  readonly output: string;
  readonly seconds: string;
}

function run({ command }: Part): Promise<Result> {
  const started = performance.now();
  const child = spawn(command, { shell: true, stdio: ["ignore", "pipe", "pipe"] });
  const output: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => output.push(chunk));
  return new Promise((resolve) => {
    child.on("close", (code) => {
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      resolve({ passed: code === 0, output: Buffer.concat(output).toString().trim(), seconds });
    });
  });
}

const results = await Promise.all(
  PARTS.map(async (part) => {
    const { passed, output, seconds } = await run(part);
    const heading = `${passed ? "ok" : "FAILED"}: ${part.name} (${seconds} s)`;
    console.log(output === "" ? heading : `${output}\n${heading}`);
    return passed;
  }),
);
process.exitCode = results.every((passed) => passed) ? 0 : 1;
