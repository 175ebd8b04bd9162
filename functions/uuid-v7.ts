/**
 * Makes UUIDs of version 7 that grow with every call, also within one millisecond and when the clock steps back:
 * `rand_a` is a counter with a random start. RFC 9562, section 5.7 and section 6.2, method 1.
 */
export function uuidV7Source(now: () => number, randomBytes: (size: number) => Uint8Array): () => string {
  let milliseconds = 0;
  let counter = 0;
  return () => {
    const current = now();
    if (current > milliseconds) {
      milliseconds = current;
      counter = counterStart(randomBytes);
    } else {
      counter += 1;
      if (counter > 0xfff) {
        milliseconds += 1;
        counter = counterStart(randomBytes);
      }
    }
    return uuidV7(milliseconds, counter, randomBytes(8));
  };
}

/** The topmost of the twelve bits starts as zero, which leaves room for at least 2,048 ids in a millisecond. */
function counterStart(randomBytes: (size: number) => Uint8Array): number {
  const [high = 0, low = 0] = randomBytes(2);
  return ((high << 8) | low) & 0x7ff;
}

function uuidV7(milliseconds: number, counter: number, random: Uint8Array): string {
  const [first = 0, ...rest] = random;
  const variant = 0x80 | (first & 0x3f);
  const hex = [
    milliseconds.toString(16).padStart(12, "0"),
    "7",
    counter.toString(16).padStart(3, "0"),
    ...[variant, ...rest].map((byte) => byte.toString(16).padStart(2, "0")),
  ].join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
