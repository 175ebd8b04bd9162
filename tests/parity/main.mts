import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { HELP, type ParityOptions, parseCommandLine } from "./command-line.ts";
import { startEndpoint } from "./endpoint.ts";
import type { EngineResult, ParityResults } from "./results.ts";
import { type Reason, type Summary, summarize } from "./summary.ts";

const RESULTS = resolve(import.meta.dirname, "results.json");
const EXIT = { ran: 0, usage: 2, notRun: 3 } as const;

process.exitCode = await main(process.argv.slice(2));

async function main(words: readonly string[]): Promise<number> {
  const command = parseCommandLine(words);
  if (command.kind === "help") {
    process.stdout.write(`${HELP}\n`);
    return EXIT.ran;
  }
  if (command.kind === "wrong") {
    process.stderr.write(`${command.message} See --help.\n`);
    return EXIT.usage;
  }
  return run({ ...command.options, suite: resolve(command.options.suite) });
}

async function run(options: ParityOptions): Promise<number> {
  const runner = join(options.suite, "node_modules/vitest/vitest.mjs");
  if (!existsSync(join(options.suite, "tests"))) return notRun(`${options.suite} is no checkout of the suite.`);
  if (!existsSync(runner))
    return notRun(`The suite's own dependencies are missing: run npm install in ${options.suite}.`);
  const folder = await mkdtemp(join(tmpdir(), "parity-"));
  const endpoint = await startEndpoint(options.engine);
  try {
    const report = join(folder, "report.json");
    const { environment } = endpoint;
    const config = await wholeMessages(options.suite, folder);
    const flags = ["run", "--root", options.suite, "--config", config, "--reporter=json", `--outputFile=${report}`];
    const child = spawn(process.execPath, [runner, ...flags], {
      cwd: options.suite,
      env: { ...process.env, ...environment, NODE_OPTIONS: "" },
      stdio: ["ignore", "ignore", "inherit"],
    });
    await once(child, "exit");
    const text = await readFile(report, "utf8").catch(() => undefined);
    if (text === undefined) return notRun("The suite ended without a report.");
    return await tell(summarize(JSON.parse(text), options.suite), options);
  } finally {
    await endpoint.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** The suite's own configuration, but for messages that are cut short: the summary compares them. */
async function wholeMessages(suite: string, folder: string): Promise<string> {
  const file = join(folder, "vitest.config.mjs");
  const own = JSON.stringify(join(suite, "vitest.config.ts"));
  const test = "{ ...own.test, chaiConfig: { truncateThreshold: 0 } }";
  await writeFile(file, `import own from ${own};\nexport default { ...own, test: ${test} };\n`);
  return file;
}

function notRun(message: string): number {
  process.stderr.write(`${message}\n`);
  return EXIT.notRun;
}

async function tell(summary: Summary, options: ParityOptions): Promise<number> {
  const version = await versionOf(options.suite);
  for (const { reason, test, message } of summary.failures) {
    if (reason !== "not emulated") process.stdout.write(`${reason}: ${test}\n    ${message}\n`);
  }
  const count = (reason: Reason) => summary.failures.filter((failure) => failure.reason === reason).length;
  const percent = ((100 * (summary.passed + count("reworded since"))) / summary.emulated).toFixed(1);
  process.stdout.write(
    `${summary.tests} tests of ${version.date}; ${count("not emulated")} are about what is not emulated. Of the other ${summary.emulated}, ${options.engine}: ` +
      `${summary.passed} passed, ${count("reworded since")} have the text since June 2026 (together ${percent} %), ${count("code")} another code or outcome, ${count("text")} another text.\n`,
  );
  if (options.write) await keep({ ...version, ...resultOf(summary) }, options.engine);
  return EXIT.ran;
}

function resultOf({ tests, passed, emulated, failures }: Summary): Omit<EngineResult, "revision" | "date"> {
  const named = (reason: Reason) =>
    failures.flatMap((failure) => (failure.reason === reason ? [failure.test] : [])).sort();
  return {
    tests,
    emulated,
    passed,
    notEmulated: named("not emulated").length,
    rewordedSince: named("reworded since"),
    code: named("code"),
    text: named("text"),
  };
}

async function keep(result: EngineResult, engine: ParityOptions["engine"]): Promise<void> {
  const kept: ParityResults = JSON.parse(await readFile(RESULTS, "utf8").catch(() => "{}"));
  await writeFile(RESULTS, `${JSON.stringify({ ...kept, [engine]: result }, undefined, 2)}\n`);
}

/** Which version of the suite this is: its commit, or nothing where it is no git checkout. */
async function versionOf(suite: string): Promise<{ readonly revision: string; readonly date: string }> {
  const git = promisify(execFile)("git", ["log", "-1", "--format=%h %cs"], { cwd: suite });
  const [revision = "", date = ""] = await git.then(({ stdout }) => stdout.trim().split(" ")).catch(() => []);
  return { revision, date };
}
