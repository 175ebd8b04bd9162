import { randomBytes, randomInt } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Where an engine listens: a loopback address, or a Unix socket or named pipe. */
export type EngineAddress = { readonly host: string; readonly port: number } | { readonly path: string };

/** Ports that a user may listen on. */
const FIRST_PORT = 1_024;
const LAST_PORT = 65_535;

/**
 * A loopback address and a port that nobody can guess, for an engine that listens on TCP alone and asks no caller who it
 * is. On Linux all of 127.0.0.0/8 is this machine: a web page that goes through addresses and ports has 2^40 to try.
 */
export function secretLoopbackAddress(): { readonly host: string; readonly port: number } {
  const [second = 0, third = 0, last = 0] = randomBytes(3);
  // 127.255.255.255 is the network's broadcast address, and 127.0.0.1 where everybody looks first.
  const taken = (second | third | last) === 0 || (second & third & last) === 0xff || (!second && !third && last === 1);
  if (taken) return secretLoopbackAddress();
  return { host: `127.${second}.${third}.${last}`, port: randomInt(FIRST_PORT, LAST_PORT + 1) };
}

export interface PrivateSocket {
  readonly path: string;
  remove(): Promise<void>;
}

/** A place for a socket that only this user reaches, and no web page at all: a file in a folder of mode 0700; on Windows
 * a pipe with a name that nobody can guess. */
export async function privateSocket(): Promise<PrivateSocket> {
  if (process.platform === "win32")
    return { path: `\\\\.\\pipe\\dynamodb-${randomBytes(16).toString("hex")}`, remove: async () => {} };
  const folder = await mkdtemp(join(tmpdir(), "dynamodb-"));
  return { path: join(folder, "engine"), remove: () => rm(folder, { recursive: true, force: true }) };
}
