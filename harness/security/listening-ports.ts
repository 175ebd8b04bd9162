import { readdirSync, readFileSync, readlinkSync } from "node:fs";

export interface ListeningPort {
  readonly address: string;
  readonly port: number;
  readonly processId: number;
  readonly command: string;
}

const LISTEN = "0A";

/** The TCP ports that a process and its descendants listen on, from Linux's `/proc`; `undefined` where there is none. */
export function listeningPorts(processId: number): readonly ListeningPort[] | undefined {
  try {
    const sockets = new Map([...tableOf("/proc/net/tcp"), ...tableOf("/proc/net/tcp6")]);
    return descendantsOf(processId).flatMap((id) => portsOf(id, sockets));
  } catch {
    return undefined;
  }
}

interface Socket {
  readonly address: string;
  readonly port: number;
}

/** Listening sockets by inode. Columns: slot, local address, remote address, state, …, inode. */
function tableOf(file: string): readonly (readonly [string, Socket])[] {
  const lines = readFileSync(file, "utf8").trim().split("\n").slice(1);
  return lines.flatMap((line) => {
    const columns = line.trim().split(/\s+/);
    const [address = "", port = ""] = (columns[1] ?? "").split(":");
    if (columns[3] !== LISTEN || columns[9] === undefined) return [];
    return [[columns[9], { address: readable(address), port: Number.parseInt(port, 16) }] as const];
  });
}

/** Words of four bytes, each in the machine's order. */
function readable(hex: string): string {
  if (hex.length !== 8) return /^0+$/.test(hex) ? "::" : hex.endsWith("01000000") ? "::1" : `[${hex}]`;
  return [6, 4, 2, 0].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)).join(".");
}

function portsOf(processId: number, sockets: ReadonlyMap<string, Socket>): readonly ListeningPort[] {
  return linksOf(processId).flatMap((link) => {
    const socket = sockets.get(/^socket:\[(\d+)\]$/.exec(link)?.[1] ?? "");
    return socket === undefined ? [] : [{ ...socket, processId, command: commandOf(processId) }];
  });
}

function linksOf(processId: number): readonly string[] {
  return attempt(() => readdirSync(`/proc/${processId}/fd`), []).flatMap((name) =>
    attempt(() => [readlinkSync(`/proc/${processId}/fd/${name}`)], []),
  );
}

const commandOf = (processId: number) =>
  attempt(() => readFileSync(`/proc/${processId}/cmdline`, "utf8").split("\0")[0] ?? "", "");

function descendantsOf(processId: number): readonly number[] {
  const parents = new Map(
    readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .map((name) => [Number(name), parentOf(name)] as const),
  );
  const under = (id: number | undefined): boolean =>
    id !== undefined && id > 1 && (id === processId || under(parents.get(id)));
  return [...parents.keys()].filter(under);
}

/** The name stands in parentheses and may hold any character; state and parent follow it. */
function parentOf(name: string): number {
  const text = attempt(() => readFileSync(`/proc/${name}/stat`, "utf8"), "");
  return Number(text.replace(/^.*\) /s, "").split(" ")[1] ?? 0);
}

/** Processes end while they are looked at. */
function attempt<Value>(read: () => Value, otherwise: Value): Value {
  try {
    return read();
  } catch {
    return otherwise;
  }
}
