import { chmodSync, existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { HarnessError } from "../errors.ts";
import type { DynamoDbEngine, EngineKind } from "./database.ts";
import { startDynalite } from "./dynalite.ts";
import { supplementDynalite } from "./dynalite-supplements.ts";
import { type EngineProcess, findDynoxide, startDynoxide } from "./dynoxide.ts";
import { type EngineClient, engineClient, engineHeadersFor } from "./engine-client.ts";
import { provisionTables } from "./provisioning.ts";
import type { Table } from "./tables.ts";

/** `auto` is dynoxide where its binary is installed, else dynalite. */
export type EngineChoice =
  | { readonly kind: "auto" | "dynoxide" | "dynalite" }
  | {
      readonly kind: "endpoint";
      readonly url: string;
      /** Whose tables are meant, where the endpoint keeps those of each region apart. */
      readonly region?: string;
    };

type EndpointChoice = Extract<EngineChoice, { readonly kind: "endpoint" }>;

export interface EngineOptions {
  readonly engine: EngineChoice;
  /** Where tables are kept between starts; without it all is in memory. */
  readonly dataDirectory?: string;
  /** One line for the user: the engine died, restarts, or had to be another one. */
  readonly log: (line: string) => void;
  /** How long a call may take before it is given up; 30 seconds unless told. */
  readonly timeoutMilliseconds?: number;
}

const DEFAULT_TIMEOUT_MILLISECONDS = 30_000;

/** Starts the engine. Rejects with a `HarnessError` that says what to do when it cannot be had. */
export async function startEngine(options: EngineOptions): Promise<DynamoDbEngine> {
  if (options.engine.kind === "endpoint") return endpointEngine(options.engine, options);
  const storage = prepareStorage(options.dataDirectory);
  const kind = chooseKind(options.engine.kind, storage);
  const replaceable = options.engine.kind === "auto" && kind === "dynoxide" && writtenBy(storage) === undefined;
  try {
    return await launchEngine(kind, storage, options);
  } catch (error) {
    if (!replaceable || !(error instanceof HarnessError)) throw error;
    options.log(`${error.message} Using dynalite in its place.`);
    return launchEngine("dynalite", storage, options);
  }
}

async function launchEngine(
  kind: "dynoxide" | "dynalite",
  storage: Storage,
  options: EngineOptions,
): Promise<DynamoDbEngine> {
  const launch = launcher(kind, storage, options.log);
  return supervise({ kind, launch, options, first: await launch() });
}

interface Storage {
  readonly dynoxide: string | undefined;
  readonly dynalite: string | undefined;
}

function prepareStorage(dataDirectory: string | undefined): Storage {
  if (dataDirectory === undefined) return { dynoxide: undefined, dynalite: undefined };
  const directory = join(dataDirectory, "dynamodb");
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    keepToOwner(directory);
  } catch (cause) {
    throw new HarnessError("DATA_DIRECTORY", `The data directory ${directory} cannot be made.`, { cause });
  }
  return { dynoxide: join(directory, "dynoxide.sqlite"), dynalite: join(directory, "dynalite") };
}

/** A folder of an earlier version, or one that was copied here, may be open to others. */
function keepToOwner(directory: string): void {
  chmodSync(directory, 0o700);
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true }))
    if (entry.isFile() || entry.isDirectory())
      chmodSync(join(entry.parentPath, entry.name), entry.isDirectory() ? 0o700 : 0o600);
}

/** Data is in one engine's own format: `auto` stays with the engine that wrote it. */
function chooseKind(wanted: "auto" | "dynoxide" | "dynalite", storage: Storage): "dynoxide" | "dynalite" {
  const written = writtenBy(storage);
  const installed = findDynoxide() !== undefined;
  const kind = wanted === "auto" ? (written ?? (installed ? "dynoxide" : "dynalite")) : wanted;
  if (written !== undefined && written !== kind) {
    throw new HarnessError(
      "DATA_DIRECTORY",
      `The data directory was written by ${written}, and ${kind} cannot read it. Use ${written}, or another directory.`,
    );
  }
  if (kind === "dynoxide" && !installed) {
    throw new HarnessError(
      "ENGINE_FAILED",
      process.platform === "linux"
        ? `The engine dynoxide is not installed for ${process.platform}-${process.arch}. Use dynalite, or an endpoint.`
        : "The engine dynoxide answers whoever finds its port, and only Linux can hide it from web pages. Use dynalite.",
    );
  }
  return kind;
}

function writtenBy(storage: Storage): "dynoxide" | "dynalite" | undefined {
  if (storage.dynoxide !== undefined && existsSync(storage.dynoxide)) return "dynoxide";
  if (storage.dynalite !== undefined && existsSync(storage.dynalite)) return "dynalite";
  return undefined;
}

function launcher(
  kind: "dynoxide" | "dynalite",
  storage: Storage,
  log: (line: string) => void,
): () => Promise<EngineProcess> {
  const binary = findDynoxide();
  if (kind === "dynoxide" && binary !== undefined) return () => startDynoxide(binary, storage.dynoxide);
  return () => startDynalite(storage.dynalite, log);
}

/** An engine that dies without being asked to is started again, at most this often. */
const RESTARTS = 3;

interface Supervision {
  readonly kind: "dynoxide" | "dynalite";
  readonly launch: () => Promise<EngineProcess>;
  readonly options: EngineOptions;
  readonly first: EngineProcess;
}

function supervise({ kind, launch, options, first }: Supervision): DynamoDbEngine {
  const { dataDirectory, log, timeoutMilliseconds = DEFAULT_TIMEOUT_MILLISECONDS } = options;
  const place = dataDirectory ?? "memory";
  let running = connectTo(kind, first, timeoutMilliseconds);
  let closing = false;
  let restartsLeft = RESTARTS;
  let restarting = Promise.resolve();
  let provisioned: readonly Table[] = [];

  const watch = async (engine: EngineProcess): Promise<void> => {
    const reason = await engine.ended;
    running.client.close();
    if (closing) return;
    const loss = dataDirectory === undefined ? " What was in memory is lost." : "";
    log(`The DynamoDB engine ${kind} stopped: ${reason}.${loss}${restartsLeft > 0 ? " Starting it again." : ""}`);
    if (restartsLeft-- > 0) restarting = restart().catch((error: Error) => log(error.message));
  };
  const restart = async (): Promise<void> => {
    const next = connectTo(kind, await launch(), timeoutMilliseconds);
    try {
      // Until its tables are there, calls fail and are tried again; without them they would be told of missing tables.
      await provisionTables(next.client.call, provisioned, place);
    } catch (error) {
      await next.process.stop();
      throw error;
    }
    running = next;
    void watch(next.process);
  };
  void watch(first);

  return {
    kind,
    get address() {
      return running.process.address;
    },
    call: (operation, body) => running.client.call(operation, body),
    async createTables(tables) {
      await provisionTables(running.client.call, tables, place);
      provisioned = tables;
    },
    async close() {
      closing = true;
      await restarting;
      running.client.close();
      await running.process.stop();
    },
  };
}

interface Running {
  readonly process: EngineProcess;
  readonly client: EngineClient;
}

function connectTo(kind: EngineKind, engine: EngineProcess, timeoutMilliseconds: number): Running {
  const client = engineClient({ address: engine.address, timeoutMilliseconds });
  return { process: engine, client: kind === "dynalite" ? supplementDynalite(client) : client };
}

/** Its client is loaded here alone: no other engine needs HTTPS. */
async function endpointEngine(
  { url: address, region }: EndpointChoice,
  options: EngineOptions,
): Promise<DynamoDbEngine> {
  if (!URL.canParse(address) || !/^https?:$/.test(new URL(address).protocol)) {
    throw new HarnessError("USAGE", `The DynamoDB endpoint must be an http or https URL, not ${address}.`);
  }
  const url = new URL(address);
  const timeoutMilliseconds = options.timeoutMilliseconds ?? DEFAULT_TIMEOUT_MILLISECONDS;
  const { endpointClient } = await import("./endpoint-client.ts");
  const client = endpointClient(url, timeoutMilliseconds, region === undefined ? undefined : engineHeadersFor(region));
  const port = Number(url.port) || (url.protocol === "https:" ? 443 : 80);
  return {
    kind: "endpoint",
    address: { host: url.hostname, port },
    call: client.call,
    async createTables(tables) {
      await provisionTables(client.call, tables, url.origin).catch((cause: unknown) => {
        if (cause instanceof HarnessError) throw cause;
        const message = `The DynamoDB endpoint ${url.origin} does not answer as DynamoDB does. Is it running?`;
        throw new HarnessError("TARGET_UNREACHABLE", message, { cause });
      });
    },
    close: async () => client.close(),
  };
}
