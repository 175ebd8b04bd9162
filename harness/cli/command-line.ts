import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";
import type { Usage } from "../cost/estimate.ts";
import type { EngineChoice } from "../dynamodb/engine.ts";
import { HarnessError } from "../errors.ts";
import { type JsonObject, parseJsonObject } from "../json.ts";
import type { Isolation } from "../lambda/sandbox.ts";
import type { ReplayCommandOptions } from "../replay/command.ts";
import type { SecurityOptions } from "../security/security-options.ts";
import { PROGRAM_HELP, type ProgramOptions } from "./program-options.ts";
import { parseReplayLine, REPLAY_HELP } from "./replay-line.ts";

/** The command line, read and checked. */
export type Command =
  | { readonly name: "help"; readonly text: string }
  | { readonly name: "serve"; readonly options: ServeOptions }
  | { readonly name: "token"; readonly options: TokenOptions }
  | { readonly name: "graph"; readonly options: GraphOptions }
  | { readonly name: "cost"; readonly options: CostOptions }
  | { readonly name: "security"; readonly options: SecurityOptions }
  | { readonly name: "replay"; readonly options: ReplayCommandOptions };

export interface ServeOptions extends ProgramOptions {
  readonly port: number;
  readonly awsPort: number;
  readonly dataDirectory?: string;
  readonly seedFile?: string;
  readonly engine: EngineChoice;
  readonly watch: boolean;
  /** Where the gateway's events are kept. */
  readonly recordFile?: string;
  readonly isolation: Isolation;
  /** Where the functions run in place of this machine. */
  readonly lambdaEndpointUrl?: string;
  readonly retiredRuntimes: boolean;
  /** Where to open Node's inspector; without it, it stays closed. */
  readonly inspectorPort?: number;
  readonly json: boolean;
  /** The value of `HARNESS_SECRET`. */
  readonly secret?: string;
}

export interface TokenOptions {
  readonly secret?: string;
  readonly awsPort: number;
  readonly user: string;
  readonly tokenUse: "access" | "id";
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly expiresInSeconds?: number;
  readonly userPoolId?: string;
  readonly clientId?: string;
}

export interface GraphOptions extends ProgramOptions {
  readonly form: "table" | "json" | "mermaid";
}

export interface CostOptions extends ProgramOptions {
  readonly usage: Usage;
  readonly json: boolean;
}

const HELP: Readonly<Record<string, string>> = {
  serve: `Usage: npm start -- [options]

Runs the Pulumi program on this machine: its HTTP API, authorizer, functions, table, roles and user pool.

${PROGRAM_HELP}
  --port N             port of the HTTP API, 0 for any free one (default: 3000)
  --aws-port N         port of the AWS endpoint, 0 for any free one (default: 4566)
  --data DIR           keep table, users and keys in DIR between starts (default: in memory)
  --seed FILE          create confirmed users from a JSON file
  --engine ENGINE      auto, dynoxide, dynalite, or the URL of a DynamoDB endpoint (default: auto)
  --isolation KIND     thread, or process: function code that is kept from this machine's files and from the harness
                       itself, at the price of slower starts and more memory (default: thread)
  --lambda URL         run the functions at another Lambda, over its DynamoDB, e.g. LocalStack at http://localhost:4566;
                       --aws-port is 4567 then where URL has 4566; see docs/endpoints.md
  --retired-runtimes   serve functions of nodejs12.x to nodejs18.x too, on this Node.js, with a warning
  --inspect [PORT]     open Node's inspector for the functions' threads, on 127.0.0.1 alone (default port: 9229); nothing
                       ends a function for the time it takes then, only the API's 30 seconds stay
  --record FILE        write the events that the gateway gives to functions into FILE, their tokens made useless, for
                       npm run replay
  --no-watch           do not pick up changes of the program while it runs
  --json               print one line of JSON once ready; everything else goes to standard error
  --help               this text`,
  token: `Usage: npm run token -- --user NAME [options]

Prints a test token, signed by the running user pool's own key.

  --user NAME          the token's sub (and username)
  --use KIND           access or id (default: access)
  --claims JSON        claims to add or replace
  --expires-in N       seconds until it expires (default: the client's)
  --pool ID            user pool, where the program has several
  --client ID          app client, where the pool has several
  --aws-port N         port of the running AWS endpoint (default: 4566)
  --help               this text`,
  graph: `Usage: npm run graph -- [options]

Prints the resources that the program registers, with the identifiers that they have here.

${PROGRAM_HELP}
  --json               the whole graph as JSON
  --mermaid            a Mermaid flowchart of routes, functions, tables and what may reach what
  --help               this text`,
  cost: `Usage: npm run cost -- [options]

Estimates what the stack costs on AWS in a month, resource by resource, and what it costs while nobody calls.

${PROGRAM_HELP}
  --requests N         requests to the API a month (default: 1000000)
  --users N            users who sign in or refresh a month (default: 1000)
  --duration N         milliseconds that a request takes in its function (default: 50)
  --reads N            of a hundred requests, those that read; the others write (default: 50)
  --json               the estimate as JSON
  --help               this text`,
  security: `Usage: npm run security -- [options]

Attacks the program's API and says of each claim on its security whether it holds. Ends with 0 when all hold, 1 when one
is breached, 2 when it could not run.

${PROGRAM_HELP}
  --target TARGET      local (default): the program, served for this run; endpoint: a deployed stack, described by
                       --outputs; or an API's URL. Twice: both are attacked and compared
  --outputs FILE       what pulumi stack export, pulumi stack output --json, or npm start -- --json wrote of the stack
  --endpoint-url URL   where that stack's services answer (default: AWS, or http://localhost:4566 for any other API)
  --users FILE         JSON with two users that are there: {"ana":{"username":"…","password":"…"},"ben":{…}}. Otherwise two
                       are made, and removed. So is whatever the attacks make, by the profile's own way
  --known FILE         JSON with differences between two targets that are known: [{"check":"…","reason":"…","link":"…"}]
  --diff REF           serve the program of a git reference and this one, attack both, and print as Markdown who may do
                       what that they could not before; ends with 1 where access grew
  --draft-profile      print a profile drafted from the routes, and attack nothing
  --retired-runtimes   attack functions of nodejs12.x to nodejs18.x too, on this Node.js
  --profile FILE       how the API is used (default: security.profile.mts in the program's folder, where it is there)
  --only NAMES         families or checks to run, apart by commas; may be repeated (default: all)
  --skip NAMES         families or checks to leave out; the report names them
  --seed N             repeats the random parts of an earlier run (default: a new one, which the report names)
  --concurrency N      how many checks attack at the same time (default: 4)
  --isolation KIND     how function code is kept apart: process or thread (default: process)
  --report DIR         write security.html, .json, .junit.xml and .sarif into DIR
  --json               the whole report as one JSON document in place of the summary
  --help               this text`,
  replay: REPLAY_HELP,
};

const COMMANDS = Object.keys(HELP);

const OPTION_TYPES = {
  program: { type: "string" },
  stack: { type: "string" },
  config: { type: "string", multiple: true },
  reference: { type: "string", multiple: true },
  port: { type: "string" },
  "aws-port": { type: "string" },
  data: { type: "string" },
  seed: { type: "string" },
  engine: { type: "string" },
  isolation: { type: "string" },
  lambda: { type: "string" },
  inspect: { type: "string" },
  "retired-runtimes": { type: "boolean" },
  record: { type: "string" },
  "no-watch": { type: "boolean" },
  json: { type: "boolean" },
  mermaid: { type: "boolean" },
  requests: { type: "string" },
  users: { type: "string" },
  duration: { type: "string" },
  reads: { type: "string" },
  user: { type: "string" },
  use: { type: "string" },
  claims: { type: "string" },
  "expires-in": { type: "string" },
  pool: { type: "string" },
  client: { type: "string" },
  profile: { type: "string" },
  target: { type: "string", multiple: true },
  outputs: { type: "string" },
  "endpoint-url": { type: "string" },
  known: { type: "string" },
  "draft-profile": { type: "boolean" },
  diff: { type: "string" },
  only: { type: "string", multiple: true },
  skip: { type: "string", multiple: true },
  concurrency: { type: "string" },
  report: { type: "string" },
  help: { type: "boolean", short: "h" },
} as const;

type Options = ReturnType<typeof parseOptions>;

/** Options that were, and what to do without them. */
const RETIRED: ReadonlyMap<string, string> = new Map([
  [
    "--cors-on-errors",
    "--cors-on-errors is gone: the gateway's own answers always carry the API's CORS headers, as on AWS. Leave it out.",
  ],
]);

/** Reads the words after `node harness/main.ts`. The environment is looked at for options that npm kept to itself, as it
 * does with `npm start --option`.
 * @throws HarnessError USAGE naming the word that is wrong and where the help is. */
export function parseCommandLine(words: readonly string[], environment: NodeJS.ProcessEnv = {}): Command {
  refuseRetired(words, environment);
  const [first, ...rest] = words;
  const implicit = first === undefined || first.startsWith("-");
  const name = implicit ? "serve" : first;
  const help = HELP[name];
  if (!Object.hasOwn(HELP, name) || help === undefined)
    throw usage(`There is no command ${name}. There are: ${COMMANDS.join(", ")}.`);
  if (name === "replay") {
    const options = parseReplayLine(rest, environment, programOptions);
    return options === undefined ? { name: "help", text: help } : { name, options };
  }
  refuseKeptByNpm(name, environment);
  const options = parseOptions(implicit ? words : rest, name);
  const secret = secretOf(environment);
  if (options.help === true) return { name: "help", text: help };
  if (name === "token") return { name, options: { ...tokenOptions(options), ...secret } };
  if (name === "graph") return { name, options: { ...programOptions(options), form: graphForm(options) } };
  if (name === "cost") return { name, options: costOptions(options) };
  if (name === "security") return { name, options: securityOptions(options, environment) };
  return { name: "serve", options: { ...serveOptions(options), ...secret } };
}

function secretOf({ HARNESS_SECRET: secret }: NodeJS.ProcessEnv): { readonly secret?: string } {
  if (secret === undefined) return {};
  if (/^[\x21-\x7e]{8,}$/.test(secret)) return { secret };
  throw usage("HARNESS_SECRET must be at least 8 visible ASCII characters: it travels in a header.");
}

/** `npm start --data d` gives the option to npm, which hands it on as a variable and not as a word. */
function refuseKeptByNpm(command: string, environment: NodeJS.ProcessEnv): void {
  const kept = [...(HELP[command] ?? "").matchAll(/^ {2}--([a-z-]+)/gm)]
    .map(([, option = ""]) => option)
    .find((option) => environment[`npm_config_${option.replace(/^no-/, "").replaceAll("-", "_")}`] !== undefined);
  if (kept === undefined) return;
  const script = command === "serve" ? "npm start" : `npm run ${command}`;
  throw usage(`npm kept --${kept} to itself. Put -- before the options: ${script} -- --${kept}.`);
}

function refuseRetired(words: readonly string[], environment: NodeJS.ProcessEnv): void {
  for (const [option, sentence] of RETIRED) {
    const keptByNpm = environment[`npm_config_${option.slice(2).replaceAll("-", "_")}`] !== undefined;
    if (keptByNpm || words.some((word) => word.split("=", 1)[0] === option)) throw usage(sentence);
  }
}

function usage(message: string): HarnessError {
  return new HarnessError("USAGE", `${message} See --help.`);
}

function parseOptions(words: readonly string[], command: string) {
  try {
    const args = withInspectorPort(withNegativeNumbers(words));
    const { values } = parseArgs({ args, options: OPTION_TYPES, strict: true, allowPositionals: false });
    const foreign = Object.keys(values).find(
      (name) => !HELP[command]?.includes(`--${name} `) && !HELP[command]?.includes(`--${name}\n`),
    );
    if (foreign === undefined) return values;
    throw new Error(`${command} has no option --${foreign}.`);
  } catch (error) {
    throw usage(
      error instanceof Error ? (error.message.split("\n")[0]?.replace(/\. To specify.*$/, ".") ?? "") : String(error),
    );
  }
}

/** `--expires-in -60` is meant as it reads, where `parseArgs` takes `-60` for another option. */
function withNegativeNumbers(words: readonly string[]): string[] {
  return words.flatMap((word, index) => {
    const next = words[index + 1] ?? "";
    if (/^--[a-z-]+$/.test(word) && /^-\d/.test(next)) return [`${word}=${next}`];
    return index > 0 && /^-\d/.test(word) && /^--[a-z-]+$/.test(words[index - 1] ?? "") ? [] : [word];
  });
}

const INSPECTOR_PORT = 9229;

/** `--inspect` takes a port and does without, as Node's own does, where `parseArgs` has no such options. */
function withInspectorPort(words: readonly string[]): string[] {
  return words.map((word, index) =>
    word === "--inspect" && !/^\d/.test(words[index + 1] ?? "") ? `--inspect=${INSPECTOR_PORT}` : word,
  );
}

function inspectorPort({ inspect, isolation, lambda }: Options): { readonly inspectorPort?: number } {
  if (inspect === undefined) return {};
  if (isolation === "process")
    throw usage("--inspect reaches functions in threads alone: leave --isolation process out.");
  if (lambda !== undefined) throw usage("--inspect reaches functions on this machine alone: leave --lambda out.");
  return { inspectorPort: portNumber(inspect, "inspect", INSPECTOR_PORT) };
}

function programOptions(
  options: Pick<Options, "program" | "stack" | "config"> & Partial<Pick<Options, "reference">>,
): ProgramOptions {
  return {
    programDirectory: options.program ?? ".",
    ...(options.stack === undefined ? {} : { stack: stackName(options.stack) }),
    configuration: Object.fromEntries((options.config ?? []).map(keyAndValue)),
    ...(options.reference === undefined ? {} : { references: Object.fromEntries(options.reference.map(nameAndFile)) }),
  };
}

function nameAndFile(text: string): [string, string] {
  const at = text.indexOf("=");
  if (at < 1 || at === text.length - 1) throw usage("--reference takes NAME=FILE, e.g. org/project/dev=outputs.json.");
  return [text.slice(0, at), text.slice(at + 1)];
}

/** @see https://www.pulumi.com/docs/iac/concepts/stacks/#create-stack */
function stackName(text: string): string {
  if (/^[A-Za-z0-9._-]{1,100}$/.test(text)) return text;
  throw usage("--stack takes a stack's name: letters, digits, dots, hyphens, underscores.");
}

function keyAndValue(text: string): [string, string] {
  const at = text.indexOf("=");
  if (at < 1) throw usage("--config takes KEY=VALUE.");
  return [text.slice(0, at), text.slice(at + 1)];
}

function graphForm({ json, mermaid }: Options): GraphOptions["form"] {
  if (json === true && mermaid === true) throw usage("graph takes --json or --mermaid, not both.");
  return json === true ? "json" : mermaid === true ? "mermaid" : "table";
}

const MOST_PER_MONTH = 9_999_999_999;
const LONGEST_REQUEST_MILLISECONDS = 30_000;

function costOptions(options: Options): CostOptions {
  const monthly: Usage = {
    requests: wholeNumber(options.requests, "requests", MOST_PER_MONTH) ?? 1_000_000,
    users: wholeNumber(options.users, "users", MOST_PER_MONTH) ?? 1_000,
    durationMilliseconds: wholeNumber(options.duration, "duration", LONGEST_REQUEST_MILLISECONDS) ?? 50,
    readShare: (wholeNumber(options.reads, "reads", 100) ?? 50) / 100,
  };
  return { ...programOptions(options), usage: monthly, json: options.json === true };
}

const DEFAULT_AWS_PORT = 4566;

function portNumber(text: string | undefined, option: string, fallback: number): number {
  if (text === undefined) return fallback;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw usage(`--${option} takes a port from 0 to 65535.`);
}

function engineChoice(text: string | undefined): EngineChoice {
  if (text === undefined || text === "auto") return { kind: "auto" };
  if (text === "dynoxide" || text === "dynalite") return { kind: text };
  const url = URL.parse(text);
  if (url?.protocol === "http:" || url?.protocol === "https:") return { kind: "endpoint", url: text };
  throw usage("--engine takes auto, dynoxide, dynalite, or an http(s) URL.");
}

function isolationKind(text = "thread"): Isolation {
  if (text === "thread" || text === "process") return text;
  throw usage("--isolation takes thread or process.");
}

/** An endpoint that speaks Lambda, as its origin. */
function lambdaEndpoint({ lambda, engine, isolation }: Options): { readonly lambdaEndpointUrl?: string } {
  if (lambda === undefined) return {};
  const url = URL.parse(lambda);
  if (url === null || !/^https?:$/.test(url.protocol) || url.href !== `${url.origin}/`)
    throw usage("--lambda takes the http(s) URL of an endpoint, without a path: http://localhost:4566.");
  if (engine !== undefined)
    throw usage("--lambda and --engine exclude each other: functions at an endpoint use that endpoint's own tables.");
  if (isolation !== undefined)
    throw usage("--lambda and --isolation exclude each other: an endpoint runs functions in its own way.");
  return { lambdaEndpointUrl: url.origin };
}

function serveOptions(options: Options): ServeOptions {
  const lambda = lambdaEndpoint(options);
  const portIsTaken = lambda.lambdaEndpointUrl?.endsWith(`:${DEFAULT_AWS_PORT}`) === true;
  return {
    ...programOptions(options),
    ...lambda,
    port: portNumber(options.port, "port", 3000),
    awsPort: portNumber(options["aws-port"], "aws-port", portIsTaken ? DEFAULT_AWS_PORT + 1 : DEFAULT_AWS_PORT),
    ...(options.data === undefined ? {} : { dataDirectory: options.data }),
    ...(options.seed === undefined ? {} : { seedFile: options.seed }),
    engine: engineChoice(options.engine),
    watch: options["no-watch"] !== true,
    ...(options.record === undefined ? {} : { recordFile: options.record }),
    isolation: isolationKind(options.isolation),
    retiredRuntimes: options["retired-runtimes"] === true,
    ...inspectorPort(options),
    json: options.json === true,
  };
}

function parseClaims(text: string): JsonObject {
  const claims = parseJsonObject(text);
  if (claims !== undefined) return claims;
  throw usage(`--claims takes a JSON object, e.g. --claims '{"scope":"orders/read"}'.`);
}

function tokenOptions(options: Options): TokenOptions {
  const { user, use = "access", claims, pool, client } = options;
  if (user === undefined || user === "") throw usage("token needs --user NAME.");
  if (use !== "access" && use !== "id") throw usage("--use takes access or id.");
  const expiresIn = options["expires-in"];
  if (expiresIn !== undefined && !/^-?\d{1,9}$/.test(expiresIn))
    throw usage("--expires-in takes a whole number of seconds.");
  return {
    awsPort: portNumber(options["aws-port"], "aws-port", DEFAULT_AWS_PORT),
    user,
    tokenUse: use,
    ...(claims === undefined ? {} : { claims: parseClaims(claims) }),
    ...(expiresIn === undefined ? {} : { expiresInSeconds: Number(expiresIn) }),
    ...(pool === undefined ? {} : { userPoolId: pool }),
    ...(client === undefined ? {} : { clientId: client }),
  };
}

const LARGEST_SEED = 2 ** 31;

function securityOptions(options: Options, environment: NodeJS.ProcessEnv): SecurityOptions {
  return {
    ...programOptions(options),
    ...(options.profile === undefined ? {} : { profileFile: options.profile }),
    only: names(options.only),
    skip: names(options.skip),
    seed: wholeNumber(options.seed, "seed", LARGEST_SEED) ?? randomInt(LARGEST_SEED),
    retiredRuntimes: options["retired-runtimes"] === true,
    concurrency: wholeNumber(options.concurrency, "concurrency", 64) ?? 4,
    isolation: isolationKind(options.isolation ?? "process"),
    targets: securityTargets(options.target),
    environment,
    draftProfile: options["draft-profile"] === true,
    ...(options.diff === undefined ? {} : { diffReference: options.diff }),
    ...(options.outputs === undefined ? {} : { outputsFile: options.outputs }),
    ...(options["endpoint-url"] === undefined ? {} : { endpointUrl: options["endpoint-url"] }),
    ...(options.users === undefined ? {} : { usersFile: options.users }),
    ...(options.known === undefined ? {} : { knownFile: options.known }),
    json: options.json === true,
    ...(options.report === undefined ? {} : { reportDirectory: options.report }),
  };
}

function securityTargets(targets: readonly string[] = []): readonly string[] {
  if (targets.length > 2) throw usage("--target can be given twice, to compare two targets.");
  const wrong = targets.find((target) => target !== "local" && target !== "endpoint" && !/^https?:\/\//.test(target));
  if (wrong === undefined) return targets;
  throw usage("--target takes local, endpoint, or the http(s) URL of an API.");
}

const names = (words: readonly string[] = []): readonly string[] =>
  words.flatMap((word) => word.split(",").map((name) => name.trim())).filter((name) => name !== "");

function wholeNumber(text: string | undefined, option: string, most: number): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,10}$/.test(text) && Number(text) <= most) return Number(text);
  throw usage(`--${option} takes a whole number from 0 to ${most}.`);
}
