import { createHmac, timingSafeEqual } from "node:crypto";

const STEP_SECONDS = 30;
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** Base32 without padding, as authenticator apps take a secret. @see https://www.rfc-editor.org/rfc/rfc4648#section-6 */
export function base32(bytes: Buffer): string {
  let bits = "";
  for (const byte of bytes) bits += byte.toString(2).padStart(8, "0");
  const groups = bits.match(/.{1,5}/g) ?? [];
  return groups.map((group) => ALPHABET.charAt(Number.parseInt(group.padEnd(5, "0"), 2))).join("");
}

export function fromBase32(text: string): Buffer {
  let bits = "";
  for (const character of text) bits += ALPHABET.indexOf(character).toString(2).padStart(5, "0");
  const bytes = bits.match(/.{8}/g) ?? [];
  return Buffer.from(bytes.map((byte) => Number.parseInt(byte, 2)));
}

/** The code of one time step: HMAC-SHA1, six digits. @see https://www.rfc-editor.org/rfc/rfc6238 */
export function totpCode(secret: string, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const digest = createHmac("sha1", fromBase32(secret)).update(counter).digest();
  const offset = digest.readUInt8(digest.length - 1) & 0xf;
  const number = (digest.readUInt32BE(offset) & 0x7fffffff) % 1_000_000;
  return String(number).padStart(6, "0");
}

export function totpStep(nowMilliseconds: number): number {
  return Math.floor(nowMilliseconds / 1000 / STEP_SECONDS);
}

/** The step whose code this is, one step of drift either way; `undefined` for a wrong code. */
export function matchingStep(secret: string, code: string, nowMilliseconds: number): number | undefined {
  const given = Buffer.from(code, "utf8");
  const now = totpStep(nowMilliseconds);
  const matches = [now - 1, now, now + 1].filter((step) => {
    const expected = Buffer.from(totpCode(secret, step), "utf8");
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
  return matches[0];
}
