import { createHash } from "node:crypto";
import type { UserPool } from "./pool/user-pool.ts";

/** When a pool, client or group of the program was first served, and when another configuration of it was. */
export interface DeclaredRecord {
  readonly createdAtMilliseconds: number;
  readonly modifiedAtMilliseconds: number;
  /** Of the configuration at that time. */
  readonly fingerprint: string;
}

/** The dates of what the program declares in one pool. */
export interface DeclaredRecords {
  pool(): DeclaredRecord;
  client(id: string): DeclaredRecord;
  group(name: string): DeclaredRecord;
  /** Notes what is served from now on. */
  follow(pool: UserPool): void;
  stored(): Readonly<Record<string, DeclaredRecord>>;
}

interface RecordsOptions {
  readonly now: () => number;
  /** Called after each change: the caller keeps the data. */
  readonly changed: () => void;
}

export function declaredRecords(
  stored: Readonly<Record<string, DeclaredRecord>>,
  { now, changed }: RecordsOptions,
): DeclaredRecords {
  const records = new Map(Object.entries(stored));
  const note = (key: string, configuration: unknown) => {
    const fingerprint = fingerprintOf(configuration);
    const known = records.get(key);
    if (known?.fingerprint === fingerprint) return;
    const at = now();
    const createdAtMilliseconds = known?.createdAtMilliseconds ?? at;
    records.set(key, { createdAtMilliseconds, modifiedAtMilliseconds: at, fingerprint });
    changed();
  };
  const find = (key: string): DeclaredRecord => {
    const found = records.get(key);
    if (found === undefined) throw new Error(`${key} is not followed`);
    return found;
  };
  return {
    pool: () => find("pool"),
    client: (id) => find(`client ${id}`),
    group: (name) => find(`group ${name}`),
    follow({ clients, groups, ...pool }) {
      note("pool", pool);
      for (const [id, client] of clients) note(`client ${id}`, client);
      for (const [name, group] of groups) note(`group ${name}`, group);
    },
    stored: () => Object.fromEntries(records),
  };
}

function fingerprintOf(configuration: unknown): string {
  const plain = (_key: string, value: unknown) => (value instanceof Map || value instanceof Set ? [...value] : value);
  return createHash("sha256").update(JSON.stringify(configuration, plain), "utf8").digest("base64url");
}
