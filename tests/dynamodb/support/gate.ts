import { randomBytes } from "node:crypto";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { systemClock } from "../../../harness/clock.ts";
import type { DynamoDbEngine } from "../../../harness/dynamodb/database.ts";
import { startEngine } from "../../../harness/dynamodb/engine.ts";
import { createDynamoDbGate, type DynamoDbGate } from "../../../harness/dynamodb/gate.ts";
import type { GateObservation } from "../../../harness/dynamodb/observation.ts";
import type { Table } from "../../../harness/dynamodb/tables.ts";
import { faultCollector } from "../../../harness/faults.ts";
import { listen } from "../../../harness/http-server.ts";
import { type CredentialStore, credentialStore } from "../../../harness/iam/credentials.ts";
import { compilePolicy } from "../../../harness/iam/policy-document.ts";
import type { Role } from "../../../harness/iam/roles.ts";
import { signatureVerifier } from "../../../harness/iam/signature.ts";
import { type Journal, memoryJournal } from "../../../harness/journal.ts";

export const accountId = "123456789012";
export const region = "eu-west-1";
export const tableArn = (name: string) => `arn:aws:dynamodb:${region}:${accountId}:table/${name}`;

const common = {
  billingMode: "PAY_PER_REQUEST",
  provisioned: { read: 0, write: 0 },
  deletionProtection: false,
  tags: { project: "notes" },
} as const;

/** A table with a sort key, a global index, a sparse one that holds keys only, and a local index. */
export const notes: Table = {
  ...common,
  name: "notes-1a2b3c4",
  arn: tableArn("notes-1a2b3c4"),
  partitionKey: { name: "owner", type: "S" },
  sortKey: { name: "id", type: "S" },
  timeToLiveAttribute: "expires",
  indexes: [
    {
      name: "by-topic",
      kind: "global",
      partitionKey: { name: "topic", type: "S" },
      sortKey: { name: "id", type: "S" },
      projection: "ALL",
      nonKeyAttributes: [],
    },
    {
      name: "by-rank",
      kind: "local",
      partitionKey: { name: "owner", type: "S" },
      sortKey: { name: "rank", type: "N" },
      projection: "KEYS_ONLY",
      nonKeyAttributes: [],
    },
  ],
};

/** A table keyed by a number alone. */
export const counters: Table = {
  ...common,
  name: "counters-5d6e7f8",
  arn: tableArn("counters-5d6e7f8"),
  partitionKey: { name: "number", type: "N" },
  indexes: [],
};

export interface RunningGate {
  readonly gate: DynamoDbGate;
  readonly engine: DynamoDbEngine;
  readonly url: string;
  readonly journal: Journal;
  readonly credentials: CredentialStore;
  readonly log: readonly string[];
  /** What the gate told its observer, oldest first. */
  readonly observations: readonly GateObservation[];
  readonly administrator: DynamoDBClient;
  /** A client with the session of a new role that has this policy. */
  clientOf(statements: readonly object[], currentRequestId?: () => string | undefined): DynamoDBClient;
  close(): Promise<void>;
}

export type StartedEngine = "dynoxide" | "dynalite";

/** The gate as the AWS endpoint serves it: on a real socket, over a real engine. */
export async function startGate(
  kind: StartedEngine,
  tables: readonly Table[] = [notes, counters],
): Promise<RunningGate> {
  const log: string[] = [];
  const engine = await startEngine({ engine: { kind }, log: (line) => log.push(line) });
  await engine.createTables(tables);
  const journal = memoryJournal(systemClock);
  const credentials = credentialStore({ accountId, clock: systemClock, randomBytes });
  const roles = new Map<string, Role>();
  const observations: GateObservation[] = [];
  const gate = createDynamoDbGate({
    observe: (observation) => observations.push(observation),
    tables,
    engine,
    roles: { byArn: (arn) => roles.get(arn) },
    verifySignature: signatureVerifier({ lookup: credentials.lookup, clock: systemClock, region }),
    clock: systemClock,
    journal,
    accountId,
    region,
    log: (line) => log.push(line),
  });
  const defects: unknown[] = [];
  const listener = await listen({
    name: "DynamoDB",
    port: 0,
    handler: gate.handle,
    clock: systemClock,
    maximumBodyBytes: 17 * 1024 * 1024,
    onDefect: (error) => defects.push(error),
  });
  const clients: DynamoDBClient[] = [];
  const connect = (keys: { accessKeyId: string; secretAccessKey: string; sessionToken?: string }) => {
    const client = new DynamoDBClient({ endpoint: listener.url, region, credentials: keys, maxAttempts: 1 });
    clients.push(client);
    return client;
  };
  return {
    gate,
    engine,
    url: listener.url,
    journal,
    credentials,
    log,
    observations,
    administrator: connect(credentials.administrator),
    clientOf(statements, currentRequestId = () => undefined) {
      const name = `role-${roles.size}`;
      const arn = `arn:aws:iam::${accountId}:role/${name}`;
      roles.set(arn, roleOf(arn, name, statements));
      return connect(credentials.issueRoleSession({ roleArn: arn, sessionName: "create-note", currentRequestId }));
    },
    async close() {
      for (const client of clients) client.destroy();
      await listener.close(0);
      await engine.close();
      if (defects.length > 0) throw new AggregateError(defects, "the gate has a defect");
    },
  };
}

function roleOf(arn: string, name: string, statements: readonly object[]): Role {
  const faults = faultCollector();
  const document = { Version: "2012-10-17", Statement: statements };
  const policy = compilePolicy({ kind: "identity", name: "policy", document, subject: name }, faults);
  if (faults.faults.length > 0) throw new Error(JSON.stringify(faults.faults));
  return { arn, name, tags: {}, policies: [policy], trusts: () => true };
}
