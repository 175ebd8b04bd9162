/** 6 MiB and the envelope that Lambda allows around it.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const MAXIMUM_RESPONSE_BYTES = 6_291_556;

export function exceedsResponseLimit(payload: string): boolean {
  // A UTF-16 unit is at most three bytes of UTF-8: most payloads need no count.
  return payload.length * 3 > MAXIMUM_RESPONSE_BYTES && Buffer.byteLength(payload) > MAXIMUM_RESPONSE_BYTES;
}
