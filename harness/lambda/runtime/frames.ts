/** Messages between the host and a sandbox's process: four bytes of length, then JSON in UTF-8. */

const LENGTH_BYTES = 4;

export function encodeFrame(message: unknown): Buffer {
  const text = JSON.stringify(message);
  const size = Buffer.byteLength(text);
  const frame = Buffer.allocUnsafe(LENGTH_BYTES + size);
  frame.writeUInt32BE(size);
  frame.write(text, LENGTH_BYTES);
  return frame;
}

export interface FrameReader {
  /** What is in the frames that are whole now. */
  read(chunk: Buffer): readonly unknown[];
}

/** Reads frames of at most so many bytes. `read` throws when one is larger or is not JSON: the sender is then not to be
 * listened to any more. */
export function frameReader(maximumBytes: number): FrameReader {
  let pending: readonly Buffer[] = [];
  let size = 0;
  let needed = LENGTH_BYTES;
  return {
    read(chunk) {
      const messages: unknown[] = [];
      pending = [...pending, chunk];
      size += chunk.length;
      while (size >= needed) {
        const bytes = Buffer.concat(pending);
        const length = bytes.readUInt32BE();
        if (length > maximumBytes) throw new RangeError(`A message of ${length} bytes; ${maximumBytes} are taken.`);
        const end = LENGTH_BYTES + length;
        const whole = size >= end;
        if (whole) messages.push(JSON.parse(bytes.toString("utf8", LENGTH_BYTES, end)));
        const rest = whole ? bytes.subarray(end) : bytes;
        pending = [rest];
        size = rest.length;
        needed = whole ? LENGTH_BYTES : end;
      }
      return messages;
    },
  };
}
