import { adminVerifier } from "./administrator.ts";
import { callerIdentity } from "./caller-identity.ts";
import type { Clock } from "./clock.ts";
import { type Cognito, createCognito } from "./cognito/cognito.ts";
import { keptMessages } from "./cognito/kept-messages.ts";
import type { OutboxMessage } from "./cognito/outbox.ts";
import { systemRandom } from "./cognito/random.ts";
import { filePersistence } from "./cognito/store.ts";
import type { DataDirectory } from "./data-directory.ts";
import { type EngineChoice, startEngine } from "./dynamodb/engine.ts";
import { createDynamoDbGate, type DynamoDbGate } from "./dynamodb/gate.ts";
import type { ObserveGate } from "./dynamodb/observation.ts";
import type { HttpHandler } from "./http.ts";
import { type CredentialStore, credentialStore } from "./iam/credentials.ts";
import type { Roles } from "./iam/roles.ts";
import { signatureVerifier } from "./iam/signature.ts";
import { type Journal, memoryJournal } from "./journal.ts";
import type { Model } from "./model.ts";

/** The services that all versions of the program share: data, users, keys, credentials, and the journal outlive a change. */
export interface SharedServices {
  readonly clock: Clock;
  readonly journal: Journal;
  readonly credentials: CredentialStore;
  readonly cognito: Cognito;
  readonly gate: DynamoDbGate;
  readonly callerIdentity: HttpHandler;
  /** Serves the tables, roles and pools of another version from now on.
   * @throws HarnessError when a table is kept with another schema; nothing has changed then. */
  reconfigure(model: Model): Promise<void>;
}

export interface SharedServicesOptions {
  readonly model: Model;
  readonly clock: Clock;
  readonly randomBytes: (size: number) => Buffer;
  readonly engine: EngineChoice;
  readonly data: DataDirectory | undefined;
  readonly log: (line: string) => void;
  readonly onMessage: (message: OutboxMessage) => void;
  readonly observeGate?: ObserveGate;
  /** What must be closed is added as it starts. */
  readonly closers: (() => Promise<void>)[];
}

export async function startSharedServices(options: SharedServicesOptions): Promise<SharedServices> {
  const { model, clock, closers } = options;
  const { accountId, region } = model.program.deployment;
  const journal = memoryJournal(clock);
  const credentials = credentialStore({ accountId, clock, randomBytes: options.randomBytes });
  const verifySignature = signatureVerifier({ lookup: credentials.lookup, clock, region });
  let roles: Roles = model.roles;
  const [cognito, engine] = await Promise.all([
    startCognito(
      options,
      journal,
      adminVerifier(verifySignature, () => ({ roles, clock })),
    ),
    startTables(options),
  ]);
  closers.push(cognito.close);
  const gate = createDynamoDbGate({
    tables: model.tables,
    engine,
    roles,
    verifySignature,
    clock,
    journal,
    accountId,
    region,
    log: options.log,
    ...(options.observeGate === undefined ? {} : { observe: options.observeGate }),
  });
  return {
    clock,
    journal,
    credentials,
    cognito,
    gate,
    callerIdentity: callerIdentity({ verifySignature, roles: () => roles, requestId: systemRandom.uuid }),
    async reconfigure(next) {
      await gate.reconfigure(next.tables, next.roles);
      await cognito.reconfigure(next.userPools);
      roles = next.roles;
    },
  };
}

function startCognito(
  options: SharedServicesOptions,
  journal: Journal,
  verifySignedAdmin: ReturnType<typeof adminVerifier>,
): Promise<Cognito> {
  const { model, clock, data, onMessage, log } = options;
  return createCognito({
    pools: model.userPools,
    clock,
    journal,
    verifySignedAdmin,
    onMessage,
    onDefect: (error) => log(`Cognito failed on a request: ${error instanceof Error ? error.stack : String(error)}`),
    ...(data === undefined ? {} : { persistence: filePersistence(data.path), messages: keptMessages(data.path) }),
  });
}

async function startTables({ engine, data, log, model, closers }: SharedServicesOptions) {
  const started = await startEngine({ engine, log, ...(data === undefined ? {} : { dataDirectory: data.path }) });
  closers.push(started.close);
  await started.createTables(model.tables);
  return started;
}
