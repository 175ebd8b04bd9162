import { constants, type FileHandle, open } from "node:fs/promises";
import { HarnessError } from "../errors.ts";
import { recordedEvent } from "./recorded-event.ts";

export interface Recorded {
  readonly count: number;
  readonly leftOut: number;
}

/** Keeps events in a file, while they come. */
export interface EventRecorder {
  /** Takes an event as the JSON text that a function is given. Nobody waits for the writing. */
  record(payload: string): void;
  /** Resolves once all are written, to the number of events, and of those that a replay does not take: payload format 1.0. */
  close(): Promise<Recorded>;
}

const END = "\n]\n";

/**
 * Opens a file for events, for its owner's eyes alone. What it held is there until the first event, so that a start that
 * fails costs nothing; from then on it is a JSON list at every moment, so that whatever ends the process costs nothing either.
 *
 * @param onFault told once, in a sentence, when an event cannot be written; later events are not recorded.
 * @throws HarnessError CONFIGURATION when the file cannot be written.
 */
export async function openRecorder(file: string, onFault: (sentence: string) => void): Promise<EventRecorder> {
  const handle = await openForWriting(file);
  const written = { count: 0, leftOut: 0, bytes: 0, failed: false };
  const write = async (payload: string) => {
    if (written.failed) return;
    const event = recordedEvent(payload);
    if (event === undefined) {
      written.leftOut += 1;
      return;
    }
    const text = `${written.count === 0 ? "[" : ","}\n${JSON.stringify(event, undefined, 2)}`;
    if (written.count === 0) await handle.truncate();
    await handle.write(`${text}${END}`, written.bytes);
    written.bytes += Buffer.byteLength(text);
    written.count += 1;
  };
  let writing = Promise.resolve();
  return {
    record(payload) {
      writing = writing
        .then(() => write(payload))
        .catch((error: Error) => {
          written.failed = true;
          onFault(`${unwritable(file, error)} No more of them are recorded.`);
        });
    },
    async close() {
      await writing;
      if (written.count === 0 && !written.failed) await empty(handle);
      await handle.close();
      return { count: written.count, leftOut: written.leftOut };
    },
  };
}

async function openForWriting(file: string): Promise<FileHandle> {
  try {
    const handle = await open(file, constants.O_RDWR | constants.O_CREAT, 0o600);
    if ((await handle.stat()).isFile()) await handle.chmod(0o600);
    return handle;
  } catch (error) {
    throw new HarnessError("CONFIGURATION", unwritable(file, error as Error));
  }
}

async function empty(handle: FileHandle): Promise<void> {
  await handle.truncate();
  await handle.write("[]\n", 0);
}

const unwritable = (file: string, { message }: Error) => `The events cannot be written to ${file}: ${message}.`;
