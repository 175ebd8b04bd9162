import { connect, type Socket } from "node:net";
import type { EngineAnswer } from "./database.ts";
import type { EngineAddress } from "./engine-address.ts";

/** Speaks to one engine on this machine. */
export interface EngineClient {
  call(operation: string, body: string): Promise<EngineAnswer>;
  /** Drops every connection; calls under way are rejected. */
  close(): void;
}

interface Exchange {
  readonly resolve: (answer: EngineAnswer) => void;
  readonly reject: (error: Error) => void;
}

interface Connection {
  readonly socket: Socket;
  received: Buffer;
  exchange: Exchange | undefined;
}

/** Engines look for a signature, and verify none: the gate has verified the caller's. */
const PLACEHOLDER_SIGNATURE =
  "AWS4-HMAC-SHA256 Credential=local/20200101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=local";

export const engineHeaders: Readonly<Record<string, string>> = {
  "content-type": "application/x-amz-json-1.0",
  authorization: PLACEHOLDER_SIGNATURE,
  "x-amz-date": "20200101T000000Z",
};

/** Headers for an engine that keeps each region's tables apart, as a signature's scope names it. */
export function engineHeadersFor(region: string): Readonly<Record<string, string>> {
  return { ...engineHeaders, authorization: PLACEHOLDER_SIGNATURE.replace("us-east-1", region) };
}

const END_OF_HEAD = Buffer.from("\r\n\r\n");
const CONTENT_LENGTH = /\r\ncontent-length: *(\d+)/i;

/**
 * A keep-alive HTTP/1.1 client for the engines that the harness starts, which always announce `content-length`.
 * `node:http` costs three to four times the processor time per call, and this is on every request's path.
 */
export function engineClient(options: {
  readonly address: EngineAddress;
  readonly timeoutMilliseconds: number;
}): EngineClient {
  const idle: Connection[] = [];
  const open = new Set<Connection>();
  const head = requestHead(options.address);

  const finish = (connection: Connection, answer: EngineAnswer) => {
    const { exchange } = connection;
    connection.exchange = undefined;
    connection.received = EMPTY;
    idle.push(connection);
    exchange?.resolve(answer);
  };
  const drop = (connection: Connection, error: Error) => {
    open.delete(connection);
    const position = idle.indexOf(connection);
    if (position >= 0) idle.splice(position, 1);
    connection.socket.destroy();
    connection.exchange?.reject(error);
    connection.exchange = undefined;
  };
  const dial = (): Connection => {
    const socket = connect({ ...options.address, noDelay: true });
    const connection: Connection = { socket, received: EMPTY, exchange: undefined };
    open.add(connection);
    socket.setTimeout(options.timeoutMilliseconds, () => {
      drop(connection, new Error("the engine did not answer in time"));
    });
    socket.on("error", (error) => drop(connection, error));
    socket.on("close", () => drop(connection, new Error("the engine closed the connection")));
    socket.on("data", (chunk) => {
      connection.received = connection.received.length === 0 ? chunk : Buffer.concat([connection.received, chunk]);
      const answer = readAnswer(connection.received);
      if (answer === "malformed") drop(connection, new Error("the engine's answer is not HTTP"));
      else if (answer !== "incomplete") finish(connection, answer);
    });
    return connection;
  };
  return {
    call: (operation, body) =>
      new Promise((resolve, reject) => {
        const connection = idle.pop() ?? dial();
        connection.exchange = { resolve, reject };
        connection.socket.write(`${head}${operation}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
      }),
    close() {
      for (const connection of [...open]) drop(connection, new Error("the engine was stopped"));
    },
  };
}

const EMPTY = Buffer.alloc(0);

/** Everything up to the operation's name, which ends the head but for the length. */
function requestHead(address: EngineAddress): string {
  const host = "path" in address ? "localhost" : `${address.host}:${address.port}`;
  const lines = Object.entries(engineHeaders).map(([name, value]) => `${name}: ${value}\r\n`);
  return `POST / HTTP/1.1\r\nhost: ${host}\r\n${lines.join("")}x-amz-target: DynamoDB_20120810.`;
}

function readAnswer(received: Buffer): EngineAnswer | "incomplete" | "malformed" {
  const headEnd = received.indexOf(END_OF_HEAD);
  if (headEnd < 0) return "incomplete";
  const head = received.toString("latin1", 0, headEnd);
  const length = CONTENT_LENGTH.exec(head)?.[1];
  const status = Number(head.slice(9, 12));
  if (length === undefined || !head.startsWith("HTTP/1.1 ") || !Number.isInteger(status)) return "malformed";
  const bodyStart = headEnd + END_OF_HEAD.length;
  const bodyEnd = bodyStart + Number(length);
  if (received.length < bodyEnd) return "incomplete";
  return { status, body: received.subarray(bodyStart, bodyEnd) };
}
