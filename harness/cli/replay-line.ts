import { parseArgs } from "node:util";
import { HarnessError } from "../errors.ts";
import type { ReplayCommandOptions } from "../replay/command.ts";
import { TARGET_HELP } from "../targets/target-help.ts";
import { PROGRAM_HELP, type ProgramOptions } from "./program-options.ts";

export const REPLAY_HELP = `Usage: npm run replay -- FILE... [options]

Replays events of an HTTP API (payload format 2.0) and prints what became of each. A file holds one event, a list, JSON
lines, an export of CloudWatch Logs, a function's log or a JSON access log; - is standard input. Ends with 0 when all were
sent, or all is as --expect says; 1 when not; 2 when it could not run.

${TARGET_HELP}
  --through WAY        gateway: as requests to the API; invoke: to the functions as they are (default: gateway for local
                       and a URL, invoke for handlers and endpoint)
  --as NAME            where a token has expired, send a fresh one of NAME, or of the event's own user with --as self:
                       signed by the pool's key where the pool runs here, else by signing in
  --expect FILE        compare with what should become of them, and fail where something differs
  --record FILE        write the events that the local gateway made of the requests, their tokens made useless
${PROGRAM_HELP}
  --retired-runtimes   run functions of nodejs12.x to nodejs18.x too, on this Node.js
  --json               print JSON, which --expect takes, in place of a table
  --help               this text`;

const OPTION_TYPES = {
  target: { type: "string" },
  outputs: { type: "string" },
  "endpoint-url": { type: "string" },
  users: { type: "string" },
  through: { type: "string" },
  as: { type: "string" },
  expect: { type: "string" },
  record: { type: "string" },
  program: { type: "string" },
  stack: { type: "string" },
  config: { type: "string", multiple: true },
  reference: { type: "string", multiple: true },
  "retired-runtimes": { type: "boolean" },
  json: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

const usage = (message: string) => new HarnessError("USAGE", `${message} See --help.`);

function parsed(words: readonly string[]) {
  try {
    return parseArgs({ args: [...words], options: OPTION_TYPES, strict: true, allowPositionals: true });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw usage(message.split("\n")[0]?.replace(/\. To specify.*$/, ".") ?? "");
  }
}

/** Reads the words after `replay`; `undefined` where help is wanted.
 * @throws HarnessError USAGE naming the word that is wrong. */
export function parseReplayLine(
  words: readonly string[],
  environment: NodeJS.ProcessEnv,
  readProgram: (options: {
    program?: string;
    stack?: string;
    config?: string[];
    reference?: string[];
  }) => ProgramOptions,
): ReplayCommandOptions | undefined {
  const { values, positionals } = parsed(words);
  if (values.help === true) return undefined;
  if (positionals.length === 0) throw usage("replay needs a file with events, or - for standard input.");
  const { through } = values;
  if (through !== undefined && through !== "gateway" && through !== "invoke")
    throw usage("--through takes gateway or invoke.");
  const endpointUrl = values["endpoint-url"];
  if (endpointUrl !== undefined && !/^https?:$/.test(URL.parse(endpointUrl)?.protocol ?? ""))
    throw usage("--endpoint-url takes an http(s) URL.");
  return {
    files: positionals,
    target: values.target ?? "local",
    program: { ...readProgram(values), retiredRuntimes: values["retired-runtimes"] === true },
    json: values.json === true,
    environment,
    ...(values.outputs === undefined ? {} : { outputsFile: values.outputs }),
    ...(endpointUrl === undefined ? {} : { endpointUrl }),
    ...(values.users === undefined ? {} : { usersFile: values.users }),
    ...(through === undefined ? {} : { through }),
    ...(values.as === undefined ? {} : { as: values.as }),
    ...(values.expect === undefined ? {} : { expectFile: values.expect }),
    ...(values.record === undefined ? {} : { recordFile: values.record }),
  };
}
