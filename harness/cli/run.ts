import { text } from "node:stream/consumers";
import { systemClock } from "../clock.ts";
import { HarnessError } from "../errors.ts";
import packageJson from "../package.json" with { type: "json" };
import type { ReplayCommandOptions } from "../replay/command.ts";
import type { SecurityOptions } from "../security/security-options.ts";
import {
  type Command,
  type CostOptions,
  type GraphOptions,
  parseCommandLine,
  type TokenOptions,
} from "./command-line.ts";
import { lineOutput } from "./line-output.ts";
import type { ProgramOptions } from "./program-options.ts";
import { type Output, serve } from "./serve.ts";

const output: Output = {
  standard: lineOutput({ stream: process.stdout, process, later: setImmediate }),
  error: lineOutput({ stream: process.stderr, process, later: setImmediate }),
};

const EXIT_USAGE = 2;
const EXIT_FAILED = 1;
/** Commands whose exit code 1 is a finding. */
const JUDGES: ReadonlySet<string> = new Set(["security", "replay"]);

/** Runs one command. A user's mistake ends the process with a sentence and a code, never with a stack. */
export async function run(words: readonly string[], environment: NodeJS.ProcessEnv): Promise<void> {
  try {
    await runCommand(parseCommandLine(words, environment), environment);
  } catch (error) {
    if (!(error instanceof HarnessError)) throw error;
    output.error(error.message);
    // What could not run has found nothing: that must not look like a finding.
    process.exit(error.code === "USAGE" || JUDGES.has(words[0] ?? "") ? EXIT_USAGE : EXIT_FAILED);
  }
}

async function runCommand(command: Command, environment: NodeJS.ProcessEnv): Promise<void> {
  if (command.name === "help") output.standard(command.text);
  else if (command.name === "token") await printToken(command.options);
  else if (command.name === "security") await attack(command.options);
  else if (command.name === "replay") await replayEvents(command.options);
  else if (command.name === "graph") await printGraph(command.options);
  else if (command.name === "cost") await printCost(command.options);
  else await serveUntilStopped(command.options, environment);
}

/** What only one command needs is loaded by it: every start would wait for it otherwise. */
async function printToken(options: TokenOptions): Promise<void> {
  const { requestToken } = await import("./token-client.ts");
  output.standard(await requestToken(options));
}

async function evaluate({ programDirectory, configuration, stack, references }: ProgramOptions) {
  const { evaluateProgram } = await import("../pulumi/evaluate.ts");
  return evaluateProgram({
    programDirectory,
    configuration,
    onOutput: output.error,
    ...(stack === undefined ? {} : { stack }),
    ...(references === undefined ? {} : { references }),
  });
}

async function printGraph(options: GraphOptions): Promise<void> {
  const program = await evaluate(options);
  const [{ graphMermaid }, { graphJson, graphTable }] = await Promise.all([
    import("./graph-diagram.ts"),
    import("./graph-report.ts"),
  ]);
  if (options.form === "mermaid") output.standard(graphMermaid(program.graph));
  else output.standard(options.form === "json" ? graphJson(program) : graphTable(program));
}

async function printCost(options: CostOptions): Promise<void> {
  const [{ estimateCost }, { costJson, costTable }] = await Promise.all([
    import("../cost/estimate.ts"),
    import("../cost/report.ts"),
  ]);
  const lines = estimateCost((await evaluate(options)).graph, options.usage);
  output.standard((options.json ? costJson : costTable)(lines, options.usage));
}

async function replayEvents(options: ReplayCommandOptions): Promise<void> {
  const { runReplay } = await import("../replay/command.ts");
  process.exitCode = await runReplay(options, {
    print: output.standard,
    printError: output.error,
    readStandardInput: () => text(process.stdin),
    nowMilliseconds: systemClock.nowMilliseconds,
  });
}

async function attack(options: SecurityOptions): Promise<void> {
  const { runSecurity } = await import("../security/command.ts");
  const { isTTY } = process.stderr;
  process.exitCode = await runSecurity(options, {
    print: output.standard,
    progress: (line) => isTTY && process.stderr.write(`\r\u001b[K${line}`),
    warn: output.error,
    version: packageJson.version,
    environment: { node: `Node.js ${process.versions.node}`, system: `${process.platform} ${process.arch}` },
  });
}

async function serveUntilStopped(options: Parameters<typeof serve>[0], environment: NodeJS.ProcessEnv): Promise<void> {
  const ending = new AbortController();
  const { signal: abort } = ending;
  const starting = serve(options, { output, millisecondsSinceStart: () => performance.now(), signal: abort });
  const stop = async (signal: NodeJS.Signals) => {
    // A second one means that the user will not wait.
    if (abort.aborted) process.exit(EXIT_FAILED);
    ending.abort();
    await starting.then((running) => running.close()).catch(() => {});
    process.exit(signal === "SIGINT" || signal === "SIGTERM" ? 0 : EXIT_FAILED);
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  process.on("SIGHUP", stop);
  if (environment.npm_lifecycle_event !== undefined) whenParentEnds(() => void stop("SIGTERM"));
  await starting.catch((error: unknown) => {
    // What a start that was told to end has to say is of no interest.
    if (!abort.aborted) throw error;
  });
}

const PARENT_LOOK_MILLISECONDS = 250;

/** npm ends at a signal without a word to what it started, which would go on with nobody left to stop it. */
function whenParentEnds(ended: () => void): void {
  const parent = process.ppid;
  const look = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(look);
    ended();
  }, PARENT_LOOK_MILLISECONDS);
  look.unref();
}
