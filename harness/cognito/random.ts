import { randomBytes, randomUUID } from "node:crypto";

/** The only source of chance in this folder: passed in, so that a test can fix it. */
export interface RandomSource {
  bytes(length: number): Buffer;
  /** A version 4 UUID, lower case. */
  uuid(): string;
}

export const systemRandom: RandomSource = { bytes: (length) => randomBytes(length), uuid: () => randomUUID() };

/** Six decimal digits without bias: values at and past the largest multiple of a million are drawn again. */
export function sixDigits(random: RandomSource): string {
  for (;;) {
    const value = random.bytes(4).readUInt32BE();
    if (value < 4_294_000_000) return String(value % 1_000_000).padStart(6, "0");
  }
}

/** Text of `length` characters out of an alphabet of at most 256, without bias. */
export function randomText(random: RandomSource, length: number, alphabet: string): string {
  const fair = 256 - (256 % alphabet.length);
  let text = "";
  while (text.length < length) {
    for (const byte of random.bytes(length)) {
      if (byte < fair && text.length < length) text += alphabet.charAt(byte % alphabet.length);
    }
  }
  return text;
}
