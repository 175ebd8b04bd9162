/** Where a sandbox that is a process begins. It was started under Node's permission model; what that model leaves open in
 * JavaScript is closed here, before anything of the function is loaded. */

import { writeSync } from "node:fs";
import { Socket } from "node:net";
import { startRuntime } from "./execution-environment.ts";
import { encodeFrame, frameReader } from "./frames.ts";
import { withdrawHostAccess } from "./host-access.ts";
import type { NextInvocation, RuntimeMessage, RuntimeSettings } from "./runtime-messages.ts";

/** File descriptors that the host opened: one to read from it, one to write to it. */
const FROM_HOST = 3;
const TO_HOST = 4;

/** What the host sends is its own; only a size is needed. */
const MAXIMUM_FRAME_BYTES = 64 * 1024 * 1024;

/** A log entry above it becomes several, as in CloudWatch Logs.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html */
const LOG_ENTRY_CHARACTERS = 262_144;

withdrawHostAccess();
// A terminal sends them to the whole process group: the host decides when this process ends.
for (const signal of ["SIGINT", "SIGHUP"]) process.on(signal, () => {});
serveHost();

function serveHost(): void {
  const socket = new Socket({ fd: FROM_HOST, readable: true, writable: false });
  const frames = frameReader(MAXIMUM_FRAME_BYTES);
  let take = (settings: unknown): void => {
    // Only what the handler's own code waits for may keep init going.
    socket.unref();
    startRuntime(settings as RuntimeSettings, {
      say,
      onNext(listener) {
        take = (next) => listener(next as NextInvocation);
        socket.ref();
      },
      ref: () => socket.ref(),
      unref: () => socket.unref(),
    });
  };
  socket.on("data", (chunk) => {
    for (const message of frames.read(chunk)) take(message);
  });
  // The host is gone, and with it whoever would read an answer.
  socket.on("close", () => process.exit(0));
}

function say(message: RuntimeMessage): void {
  for (const part of parts(message)) write(encodeFrame(part));
}

/** Blocks until the host has taken it: what was said is heard even if the process exits right after. */
function write(frame: Buffer): void {
  for (let at = 0; at < frame.length; ) at += writeSync(TO_HOST, frame, at);
}

function parts(message: RuntimeMessage): readonly RuntimeMessage[] {
  if (message.kind !== "log" || message.line.length <= LOG_ENTRY_CHARACTERS) return [message];
  const count = Math.ceil(message.line.length / LOG_ENTRY_CHARACTERS);
  return Array.from({ length: count }, (_, index) => ({
    ...message,
    line: message.line.slice(index * LOG_ENTRY_CHARACTERS, (index + 1) * LOG_ENTRY_CHARACTERS),
  }));
}
