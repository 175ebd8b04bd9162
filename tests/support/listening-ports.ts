import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** An address and port on which a process accepts TCP connections. */
export interface ListeningPort {
  readonly pid: number;
  readonly host: string;
  readonly port: number;
}

const LISTENING = "0A";

/** Every TCP port on which one of the processes listens, as Linux tells it. */
export function listeningPorts(pids: readonly number[]): readonly ListeningPort[] {
  const byInode = new Map(["/proc/net/tcp", "/proc/net/tcp6"].flatMap(listeners));
  return pids.flatMap((pid) =>
    socketInodes(pid).flatMap((inode) => {
      const found = byInode.get(inode);
      return found === undefined ? [] : [{ pid, ...found }];
    }),
  );
}

function listeners(table: string): readonly (readonly [string, Omit<ListeningPort, "pid">])[] {
  const [, ...rows] = readFileSync(table, "utf8").trimEnd().split("\n");
  return rows.flatMap((row) => {
    const [, local = "", , state, , , , , , inode = ""] = row.trim().split(/\s+/);
    const [address = "", port = ""] = local.split(":");
    return state === LISTENING ? [[inode, { host: hostOf(address), port: Number.parseInt(port, 16) }] as const] : [];
  });
}

/** IPv4 addresses stand there in hexadecimal, the last byte first; of IPv6 the loopback is all that is used. */
function hostOf(address: string): string {
  if (address.length !== 8) return "::1";
  return (address.match(/../g) ?? [])
    .reverse()
    .map((byte) => Number.parseInt(byte, 16))
    .join(".");
}

function socketInodes(pid: number): readonly string[] {
  return readdirSync(`/proc/${pid}/fd`).flatMap((name) => {
    try {
      const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${name}`))?.[1];
      return inode === undefined ? [] : [inode];
    } catch {
      return [];
    }
  });
}
