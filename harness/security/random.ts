import { createHash } from "node:crypto";

/** Chance that can be repeated: the same seed gives the same attacks. */
export interface SeededRandom {
  /** From 0 (included) to `limit` (excluded). */
  below(limit: number): number;
  pick<Value>(values: readonly [Value, ...Value[]]): Value;
  uuid(): string;
  /** Lower-case letters and digits. */
  text(length: number): string;
}

/** `purpose` keeps checks apart: what one draws does not depend on which others run. */
export function seededRandom(seed: number, purpose: string): SeededRandom {
  let counter = 0;
  const next = (): Buffer => {
    counter += 1;
    return createHash("sha256").update(`${seed} ${purpose} ${counter}`).digest();
  };
  const below = (limit: number) => next().readUIntBE(0, 6) % limit;
  return {
    below,
    pick: (values) => values[below(values.length)] ?? values[0],
    uuid() {
      const hex = next().toString("hex");
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
    },
    text: (length) =>
      Array.from({ length: Math.ceil(length / 40) }, () => BigInt(`0x${next().toString("hex")}`).toString(36))
        .join("")
        .slice(0, length),
  };
}
