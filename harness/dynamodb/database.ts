import type { EngineAddress } from "./engine-address.ts";
import type { Table } from "./tables.ts";

/** What an engine answered: HTTP status and JSON text, as it came. */
export interface EngineAnswer {
  readonly status: number;
  readonly body: Buffer;
}

/** The engines that can stand behind the gate: `endpoint` is any DynamoDB-compatible server, reached by URL. */
export type EngineKind = "dynoxide" | "dynalite" | "endpoint";

/** A running DynamoDB engine, behind the gate: it checks no signature that matters and knows no policy. */
export interface DynamoDbEngine {
  readonly kind: EngineKind;
  readonly address: EngineAddress;
  /** One operation, e.g. `GetItem`, with its JSON body. Rejects when the engine cannot be reached or died meanwhile. */
  call(operation: string, body: string): Promise<EngineAnswer>;
  /**
   * Makes the tables that are not there yet and keeps those that are, with their data.
   * Rejects with a `HarnessError` naming the table when a kept one has another schema; nothing is deleted or changed.
   */
  createTables(tables: readonly Table[]): Promise<void>;
  /** Stops the engine; resolves once nothing of it is left. */
  close(): Promise<void>;
}
