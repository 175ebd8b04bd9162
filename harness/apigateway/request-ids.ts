/** Ids of a request in AWS's forms, from injected randomness. */
export interface RequestIds {
  /** 15 characters and `=`, e.g. `JKJaXmPLvHcESHA=`: `apigw-requestid` and the event's `requestId`. */
  requestId(): string;
  /** `Root=1-67fd88b8-2f95df5a03c1bc3a6168b6d8`. */
  traceId(atMilliseconds: number): string;
}

const REQUEST_ID_BYTES = 11;
const TRACE_ID_BYTES = 12;
const POOL_BYTES = (REQUEST_ID_BYTES + TRACE_ID_BYTES) * 128;

/** Randomness is drawn for many requests at once: a system call for each would cost more than the rest of a refusal. */
export function requestIds(randomBytes: (size: number) => Buffer): RequestIds {
  let pool: Buffer = Buffer.alloc(0);
  let used = 0;
  const draw = (size: number, encoding: "base64url" | "hex") => {
    if (used + size > pool.length) {
      pool = randomBytes(POOL_BYTES);
      used = 0;
    }
    used += size;
    return pool.toString(encoding, used - size, used);
  };
  return {
    requestId: () => `${draw(REQUEST_ID_BYTES, "base64url")}=`,
    traceId: (atMilliseconds) => {
      const seconds = Math.floor(atMilliseconds / 1000).toString(16);
      return `Root=1-${seconds.padStart(8, "0")}-${draw(TRACE_ID_BYTES, "hex")}`;
    },
  };
}
