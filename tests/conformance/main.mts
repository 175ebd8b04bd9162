import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { HELP, parseCommandLine, type ReplayCommand } from "./command-line.ts";
import { openAnswers } from "./open-rows.ts";
import { capture, type Replayed, replay } from "./replay.ts";
import { sendRaw } from "./support/raw-http.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const EXIT = { same: 0, different: 1, usage: 2, unreachable: 3 } as const;

process.exitCode = await main(process.argv.slice(2));

async function main(words: readonly string[]): Promise<number> {
  const command = parseCommandLine(words);
  switch (command.kind) {
    case "help":
      process.stdout.write(`${HELP}\n`);
      return EXIT.same;
    case "wrong":
      process.stderr.write(`${command.message} See --help.\n`);
      return EXIT.usage;
    case "local":
      return runLocally();
    case "replay":
      return compare(command.command);
  }
}

/** The suite itself, with its counts at the end. */
async function runLocally(): Promise<number> {
  const vitest = join(dirname(createRequire(import.meta.url).resolve("vitest/package.json")), "vitest.mjs");
  const reporters = ["--reporter=dot", "--reporter=./tests/conformance/support/counts-reporter.ts"];
  const child = spawn(process.execPath, [vitest, "run", "tests/conformance/conformance.test.ts", ...reporters], {
    cwd: ROOT,
    stdio: "inherit",
  });
  const [code] = await once(child, "exit");
  return typeof code === "number" ? code : EXIT.different;
}

async function compare(command: ReplayCommand): Promise<number> {
  for (const [name, url] of command.targets) {
    const problem = await unreachable(url);
    if (problem === undefined) continue;
    process.stderr.write(
      `The target ${url.origin} of the API ${name} cannot be reached: ${problem}. Is it deployed, or served?\n`,
    );
    return EXIT.unreachable;
  }
  const replayed = await replay(command, (one) => {
    for (const line of linesOf(one)) process.stdout.write(`${line}\n`);
  });
  if (command.captureFile !== undefined) {
    const captured = capture(replayed, [...command.tokens.values()]);
    await writeFile(command.captureFile, `${JSON.stringify(captured, undefined, 2)}\n`);
  }
  const open = openAnswers(replayed, [...command.tokens.values()]);
  if (open.length > 0) {
    process.stdout.write(
      "\nOpen rows, as the target answered; paste the members into the cases in tests/conformance/sections:\n\n",
    );
    process.stdout.write(`${open.join("\n")}\n`);
  }
  process.stdout.write(`${summary(replayed)}\n`);
  return replayed.some(({ kind }) => kind === "different" || kind === "unanswered") ? EXIT.different : EXIT.same;
}

async function unreachable(url: URL): Promise<string | undefined> {
  try {
    await sendRaw(url, { send: "GET /" }, 5_000);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message || String(Object(error).code ?? error.name) : String(error);
  }
}

function linesOf(one: Replayed): readonly string[] {
  if (one.kind === "different") return [one.id, ...one.differences.map((difference) => `    ${difference}`)];
  return one.kind === "unanswered" ? [one.id, `    no answer: ${one.reason}`] : [];
}

function summary(replayed: readonly Replayed[]): string {
  const count = (kind: Replayed["kind"]) => replayed.filter((one) => one.kind === kind).length;
  const skipped = replayed.flatMap((one) =>
    one.kind === "skipped"
      ? [
          one.reason
            .replace(/^no token .*/, "no such token")
            .replace(/^no target for .*/, "no target for its API")
            .replace(/^local:.*/, "local"),
        ]
      : [],
  );
  const reasons = [...new Set(skipped)].map(
    (reason) => `${skipped.filter((other) => other === reason).length} ${reason}`,
  );
  const tail = reasons.length === 0 ? "" : ` (${reasons.join(", ")})`;
  return `${count("same")} the same, ${count("different")} different, ${count("unanswered")} without answer, ${count("skipped")} not sent${tail}`;
}
