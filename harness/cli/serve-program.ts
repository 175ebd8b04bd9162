import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { BegunStart, ProgramChoice } from "../begun-start.ts";
import type { OutboxMessage } from "../cognito/outbox.ts";
import type { SeedUser } from "../cognito/seed.ts";
import { type Harness, startHarness } from "../harness.ts";
import type { EventRecorder } from "../replay/recorder.ts";
import { type Announced, humanAnnouncement, machineAnnouncement } from "./announcement.ts";
import type { ServeOptions } from "./command-line.ts";
import { inertResources } from "./inert-resources.ts";
import { followChanges } from "./reload.ts";
import { followTypes } from "./type-report.ts";

/** What was opened and read because an option names it. */
export interface Asked {
  readonly inspector?: { close(): void };
  readonly recorder?: EventRecorder;
  readonly seed?: readonly SeedUser[];
}

export interface ServedProgram extends Asked {
  readonly program: ProgramChoice;
  readonly begun?: BegunStart;
  readonly announce: (line: string) => void;
  readonly millisecondsSinceStart: () => number;
}

/** Serves a program whose evaluation may have begun: announces it, and follows its changes. Resolves once ready. */
export async function serveProgram(
  options: ServeOptions,
  { program, begun, inspector, recorder, seed, announce, millisecondsSinceStart }: ServedProgram,
): Promise<{ close(): Promise<void> }> {
  const { log } = program;
  const harness = await startHarness({
    ...program,
    ...(begun === undefined ? {} : { begun }),
    ...(seed === undefined ? {} : { seed }),
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
  announce(options.json ? machineAnnouncement(announced) : humanAnnouncement(announced));
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
