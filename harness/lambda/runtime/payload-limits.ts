/** Lambda's limits for one synchronous invocation: 6 MiB, and a little room for what wraps a response.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const MAXIMUM_REQUEST_BYTES = 6 * 1024 * 1024;
export const MAXIMUM_RESPONSE_BYTES = MAXIMUM_REQUEST_BYTES + 100;

/** Whether a payload has more bytes of UTF-8 than this. A UTF-16 unit is at most three of them, so most need no count. */
export function exceedsBytes(payload: string, maximumBytes: number): boolean {
  return payload.length * 3 > maximumBytes && Buffer.byteLength(payload) > maximumBytes;
}
