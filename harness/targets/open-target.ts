import { readFile } from "node:fs/promises";
import { HarnessError } from "../errors.ts";
import type { HarnessOptions } from "../harness.ts";
import { endpointTarget } from "./endpoint.ts";
import { handlersTarget, localTarget } from "./local.ts";
import { runningHarness } from "./running-harness.ts";
import { readStackFacts, type StackFacts } from "./stack-facts.ts";
import type { Target, TargetUser } from "./target.ts";
import { urlTarget } from "./url.ts";

/** A target as command lines name it. */
export interface TargetOptions {
  /** `local`, `handlers`, `endpoint`, or the URL of an API. */
  readonly target: string;
  /** For `local` and `handlers`: what is started. */
  readonly program: Partial<HarnessOptions> & Pick<HarnessOptions, "programDirectory">;
  /** A file that `pulumi stack export` or `pulumi stack output --json` wrote. */
  readonly outputsFile?: string;
  /** Where an endpoint's services answer. Default: AWS for an API on AWS, else http://localhost:4566. */
  readonly endpointUrl?: string;
  /** A JSON file: names to `{"username","password"}`. */
  readonly usersFile?: string;
  readonly environment: NodeJS.ProcessEnv;
}

/** Opens what a command line names; who opens it closes it.
 * @throws HarnessError USAGE or CONFIGURATION saying what is missing, or what keeps the program from being served. */
export async function openTarget(options: TargetOptions): Promise<Target> {
  const { target, program } = options;
  if (target === "local") return localTarget(program);
  if (target === "handlers") return handlersTarget(program);
  if (target === "endpoint") return endpointTarget(await endpointOptions(options));
  if (/^https?:\/\//.test(target) && URL.canParse(target))
    return urlTarget({ url: target, ...(await urlOptions(options)) });
  throw new HarnessError(
    "USAGE",
    "--target takes local, handlers, endpoint, or the http(s) URL of an API. See --help.",
  );
}

async function endpointOptions(options: TargetOptions) {
  if (options.outputsFile === undefined) {
    const remedy = "Write one with pulumi stack export > stack.json, and name it with --outputs stack.json.";
    throw new HarnessError("USAGE", `The target endpoint needs a file that describes the stack. ${remedy}`);
  }
  const facts = readStackFacts(await textOf(options.outputsFile, "--outputs"), options.outputsFile);
  const given = await readUsers(options);
  return {
    facts,
    ...placeOf(facts, options),
    ...harnessOf(facts, options),
    ...(given === undefined ? {} : { given }),
  };
}

async function urlOptions(options: TargetOptions) {
  const given = await readUsers(options);
  const users = given === undefined ? {} : { given };
  if (options.outputsFile === undefined) return users;
  const facts = readStackFacts(await textOf(options.outputsFile, "--outputs"), options.outputsFile);
  const known = { ...users, ...harnessOf(facts, options) };
  if (facts.userPool === undefined) return known;
  return { ...known, userPool: { ...facts.userPool, region: facts.region, ...placeOf(facts, options) } };
}

/** A harness in another process shows more than a deployed stack does. */
function harnessOf({ harnessUrl }: StackFacts, { environment }: TargetOptions) {
  if (harnessUrl === undefined) return {};
  return { harness: runningHarness({ url: harnessUrl, secret: environment.HARNESS_SECRET, fetch: globalThis.fetch }) };
}

const DEFAULT_ENDPOINT = "http://localhost:4566";
/** Keys that mean nothing: what endpoints other than AWS take. */
const NO_ACCOUNT = { accessKeyId: "test", secretAccessKey: "test" };

/** AWS's own services for an API on AWS, by the credentials that the SDK finds; else an endpoint, by those of the
 * environment or by none that matter. */
function placeOf(facts: StackFacts, { endpointUrl, environment }: TargetOptions) {
  const onAws = facts.apis.some(({ url }) => /\.amazonaws\.com(\.cn)?$/.test(new URL(url).hostname));
  if (endpointUrl === undefined && onAws) return {};
  const given = environment.AWS_ACCESS_KEY_ID !== undefined || environment.AWS_PROFILE !== undefined;
  return {
    endpointUrl: endpointUrl ?? facts.harnessUrl ?? DEFAULT_ENDPOINT,
    ...(given ? {} : { credentials: NO_ACCOUNT }),
  };
}

async function textOf(file: string, option: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch {
    throw new HarnessError("CONFIGURATION", `The file ${file} cannot be read. Name another one with ${option}.`);
  }
}

async function readUsers({ usersFile }: TargetOptions): Promise<ReadonlyMap<string, TargetUser> | undefined> {
  if (usersFile === undefined) return undefined;
  const text = await textOf(usersFile, "--users");
  try {
    const entries = Object.entries(JSON.parse(text) as Readonly<Record<string, Partial<TargetUser>>>);
    const wrong = entries.find(([, user]) => typeof user?.username !== "string" || typeof user.password !== "string");
    if (wrong === undefined) return new Map(entries as [string, TargetUser][]);
  } catch {
    // Said below.
  }
  const form = '{"ana":{"username":"ana@example.com","password":"…"}}';
  throw new HarnessError("CONFIGURATION", `The file ${usersFile} does not name users. Write it like ${form}.`);
}
