import type { EventEmitter } from "node:events";

/** Where lines go, and the process whose end must not lose any. */
export interface LineOutputOptions {
  readonly stream: { write(text: string): unknown };
  readonly process: Pick<EventEmitter, "once">;
  /** Runs it when what is under way has been done. */
  readonly later: (run: () => void) => void;
}

/**
 * Writes lines to a stream, those of one turn of the event loop together: Node.js writes to a pipe or a terminal while
 * everything else waits, and a request makes five lines.
 * @see https://nodejs.org/docs/latest-v24.x/api/process.html#a-note-on-process-io
 */
export function lineOutput({ stream, process, later }: LineOutputOptions): (line: string) => void {
  let pending = "";
  const flush = () => {
    const text = pending;
    pending = "";
    if (text !== "") stream.write(text);
  };
  process.once("exit", flush);
  return (line) => {
    if (pending === "") later(flush);
    pending += `${line}\n`;
  };
}
