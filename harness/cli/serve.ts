import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { beginStart, type ProgramChoice } from "../begun-start.ts";
import type { OutboxMessage } from "../cognito/outbox.ts";
import { parseSeed, type SeedUser } from "../cognito/seed.ts";
import { HarnessError } from "../errors.ts";
import type { Harness } from "../harness.ts";
import { type EventRecorder, openRecorder } from "../replay/recorder.ts";
import { type Announced, humanAnnouncement, machineAnnouncement } from "./announcement.ts";
import type { ServeOptions } from "./command-line.ts";
import { inertResources } from "./inert-resources.ts";
import { openInspector } from "./inspector.ts";
import { followChanges } from "./reload.ts";
import { followTypes } from "./type-report.ts";

/** The streams of the process, passed in. */
export interface Output {
  readonly standard: (line: string) => void;
  readonly error: (line: string) => void;
}

export interface ServeSurroundings {
  readonly output: Output;
  readonly millisecondsSinceStart: () => number;
  /** Aborted when the user wants it to end, also before it is ready. */
  readonly signal: AbortSignal;
}

/** The `serve` command: starts, announces, follows changes. Resolves once ready; `close` ends it. */
export async function serve(
  options: ServeOptions,
  { output, millisecondsSinceStart, signal }: ServeSurroundings,
): Promise<{ close(): Promise<void> }> {
  const log = options.json ? output.error : output.standard;
  if (!options.json) log(`Evaluating ${resolve(options.programDirectory)} …`);
  const inspector = options.inspectorPort === undefined ? undefined : openInspector(options.inspectorPort);
  const recorder = options.recordFile === undefined ? undefined : await openRecorder(options.recordFile, log);
  const seed = options.seedFile === undefined ? {} : { seed: await readSeed(options.seedFile) };
  const program: ProgramChoice = {
    programDirectory: options.programDirectory,
    configuration: options.configuration,
    log,
    signal,
    ...(options.stack === undefined ? {} : { stack: options.stack }),
    ...(options.references === undefined ? {} : { references: options.references }),
  };
  const begun = options.dataDirectory === undefined ? beginStart(program) : undefined;
  // Loading the rest of the harness keeps this thread busy.
  await begun?.underWay;
  const { startHarness } = await import("../harness.ts");
  const harness = await startHarness({
    ...program,
    ...(begun === undefined ? {} : { begun }),
    ...seed,
    port: options.port,
    awsPort: options.awsPort,
    engine: options.engine,
    isolation: options.isolation,
    ...(options.lambdaEndpointUrl === undefined ? {} : { lambdaEndpointUrl: options.lambdaEndpointUrl }),
    retiredRuntimes: options.retiredRuntimes,
    showProgramFrames: true,
    debugged: options.inspectorPort !== undefined,
    ...(options.secret === undefined ? {} : { secret: options.secret }),
    onMessage: (message) => log(messageLine(message)),
    ...(recorder === undefined ? {} : { onEvent: recorder.record }),
    ...(options.dataDirectory === undefined ? {} : { dataDirectory: options.dataDirectory }),
  });
  const announced = await announcedOf(harness, options, Math.round(millisecondsSinceStart()));
  output.standard(options.json ? machineAnnouncement(announced) : humanAnnouncement(announced));
  log(`Administrator's credentials: ${harness.administrator.accessKeyId} / ${harness.administrator.secretAccessKey}`);
  const types = followTypes(harness, log);
  let prepared = Promise.resolve();
  const onServed = () => {
    prepared = harness.prepare().catch(() => {});
  };
  const onSettled = () => void prepared.then(types.look);
  onServed();
  const events = { onServed, onStirring: types.interrupt, onSettled };
  const watcher = options.watch ? followChanges(harness, log, events) : undefined;
  if (!options.watch) onSettled();
  return {
    async close() {
      watcher?.close();
      types.close();
      inspector?.close();
      await harness.close();
      await endRecording(recorder, options, log);
    },
  };
}

async function endRecording(
  recorder: EventRecorder | undefined,
  { recordFile = "" }: ServeOptions,
  log: (line: string) => void,
): Promise<void> {
  if (recorder === undefined) return;
  const { count, leftOut } = await recorder.close();
  const others = leftOut === 0 ? "" : ` ${leftOut} of payload format 1.0 left out: a replay takes format 2.0.`;
  log(`${count} ${count === 1 ? "event" : "events"} recorded in ${resolve(recordFile)}.${others}`);
}

/** The one place besides the outbox where a code may be read: it stands for the e-mail that is not sent. */
function messageLine({ to, subject, text }: OutboxMessage): string {
  return `[mail to ${to}] ${subject}: ${text}`;
}

async function readSeed(file: string): Promise<readonly SeedUser[]> {
  const text = await readFile(file, "utf8").catch(() => undefined);
  if (text === undefined)
    throw new HarnessError("CONFIGURATION", `The seed file ${resolve(file)} cannot be read. Name one with --seed.`);
  return parseSeed(text, file);
}

async function announcedOf(harness: Harness, options: ServeOptions, readyMilliseconds: number): Promise<Announced> {
  const { program, userPools, tables, functions } = harness.model();
  return {
    apis: harness.apis(),
    awsEndpointUrl: harness.awsEndpointUrl,
    region: program.deployment.region,
    stack: program.deployment.stack,
    userPools: userPools.map(({ id, clients }) => {
      const passwordClientId = [...clients.values()].find(
        ({ flows, secret }) => flows.has("USER_PASSWORD_AUTH") && secret === undefined,
      )?.id;
      return { id, clientIds: [...clients.keys()], ...(passwordClientId === undefined ? {} : { passwordClientId }) };
    }),
    tableNames: tables.map(({ name }) => name),
    functionNames: functions.map(({ functionName }) => functionName),
    inert: inertResources(program.graph),
    ...(options.dataDirectory === undefined ? {} : { dataDirectory: resolve(options.dataDirectory) }),
    ...tablesElsewhere(options),
    readyMilliseconds,
    asksForSecret: options.secret !== undefined,
    examples: await exampleBodies(options.programDirectory),
  };
}

function tablesElsewhere({ engine, lambdaEndpointUrl }: ServeOptions): Pick<Announced, "tablesAt"> {
  const tablesAt = lambdaEndpointUrl ?? (engine.kind === "endpoint" ? new URL(engine.url).origin : undefined);
  return tablesAt === undefined ? {} : { tablesAt };
}

/** The program's package.json may name a request body for a route under `examples`, for the lines that are shown to try. */
async function exampleBodies(directory: string): Promise<ReadonlyMap<string, unknown>> {
  const text = await readFile(join(directory, "package.json"), "utf8").catch(() => "{}");
  const { examples } = JSON.parse(text) as { examples?: unknown };
  return new Map(typeof examples === "object" && examples !== null ? Object.entries(examples) : []);
}
