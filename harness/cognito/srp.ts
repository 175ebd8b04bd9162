import { createHash, createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import type { RandomSource } from "./random.ts";

/** The 3072-bit MODP prime (RFC 3526, group 15) with generator 2: the group that Cognito's clients use.
 * @see https://www.rfc-editor.org/rfc/rfc3526 @see https://www.rfc-editor.org/rfc/rfc5054 */
const PRIME_HEX =
  "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD" +
  "EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED" +
  "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F" +
  "83655D23DCA3AD961C62F356208552BB9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B" +
  "E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF6955817183995497CEA956AE515D2261898FA0510" +
  "15728E5A8AAAC42DAD33170D04507A33A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7DB3970F85A6E1E4C7" +
  "ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864D87602733EC86A64521F2B18177B200C" +
  "BBE117577A615D6C770988C0BAD946E208E24FA074E5AB3143DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF";
const prime = BigInt(`0x${PRIME_HEX}`);
const GENERATOR = 2n;
const multiplier = fromBytes(sha256(padded(prime), padded(GENERATOR)));

/** The longest `SRP_A` worth reading: the group's 768 hexadecimal digits and a padding byte. */
const LONGEST_PUBLIC_VALUE = 770;

/** A password as it is stored: salt and verifier, both hexadecimal. */
export interface SrpCredential {
  readonly salt: string;
  readonly verifier: string;
}

/** The server's half of a sign-in: the secret exponent and `B`. */
export interface SrpServerHalf {
  readonly secret: bigint;
  readonly publicValue: bigint;
}

function powerModPrime(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let square = base % prime;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % prime;
    square = (square * square) % prime;
  }
  return result;
}

function sha256(...parts: readonly Buffer[]): Buffer {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
}

function fromBytes(bytes: Buffer): bigint {
  return bytes.length === 0 ? 0n : BigInt(`0x${bytes.toString("hex")}`);
}

/** Big-endian two's complement, as Cognito's clients hash integers: a zero byte stands before a set sign bit. */
function padded(value: bigint): Buffer {
  const hex = value.toString(16);
  const even = hex.length % 2 === 0 ? hex : `0${hex}`;
  return Buffer.from(/^[89a-f]/i.test(even) ? `00${even}` : even, "hex");
}

export function hex(value: bigint): string {
  return value.toString(16);
}

function privateKey(poolName: string, userId: string, password: string, salt: bigint): bigint {
  return fromBytes(sha256(padded(salt), sha256(Buffer.from(`${poolName}${userId}:${password}`, "utf8"))));
}

/** Turns a password into what is stored. `poolName` is the pool id after its underscore. */
export function srpCredential(poolName: string, userId: string, password: string, random: RandomSource): SrpCredential {
  const salt = fromBytes(random.bytes(16));
  return { salt: hex(salt), verifier: hex(powerModPrime(GENERATOR, privateKey(poolName, userId, password, salt))) };
}

/** Does the password give this verifier? The comparison takes the same time whatever differs. */
export function passwordMatches(
  credential: SrpCredential,
  poolName: string,
  userId: string,
  password: string,
): boolean {
  const salt = BigInt(`0x${credential.salt}`);
  const computed = powerModPrime(GENERATOR, privateKey(poolName, userId, password, salt));
  return timingSafeEqual(sha256(padded(computed)), sha256(padded(BigInt(`0x${credential.verifier}`))));
}

/** A credential for a user who does not exist: the same at every try, and fitting no password that anyone can find. */
export function fakeCredential(secret: Buffer, userId: string): SrpCredential {
  const stream = (label: string, length: number) =>
    Buffer.from(hkdfSync("sha256", secret, Buffer.from(userId, "utf8"), Buffer.from(label, "utf8"), length));
  return {
    salt: hex(fromBytes(stream("salt", 16))),
    verifier: hex(fromBytes(stream("verifier", 400)) % prime),
  };
}

/** Reads `SRP_A`. Anything that is not hexadecimal, is too long, or is a multiple of N is no public value. */
export function readPublicValue(text: string): bigint | undefined {
  if (text.length > LONGEST_PUBLIC_VALUE || !/^[0-9a-fA-F]+$/.test(text)) return undefined;
  const value = BigInt(`0x${text}`);
  return value % prime === 0n ? undefined : value;
}

/** Makes `B = k·v + g^b`; drawn again in the unthinkable case that it is a multiple of N. */
export function srpServerHalf(credential: SrpCredential, random: RandomSource): SrpServerHalf {
  const verifier = BigInt(`0x${credential.verifier}`);
  for (;;) {
    const secret = fromBytes(random.bytes(32));
    const publicValue = (multiplier * verifier + powerModPrime(GENERATOR, secret)) % prime;
    if (publicValue !== 0n) return { secret, publicValue };
  }
}

export interface SrpProof {
  readonly poolName: string;
  readonly userId: string;
  readonly credential: SrpCredential;
  readonly clientPublicValue: bigint;
  readonly serverHalf: SrpServerHalf;
  readonly secretBlock: Buffer;
  readonly timestamp: string;
}

/** The signature that the holder of the password sends: HMAC over pool, user, secret block and timestamp. */
export function expectedSignature(proof: SrpProof): Buffer | undefined {
  const { clientPublicValue, serverHalf, credential } = proof;
  const scrambler = fromBytes(sha256(padded(clientPublicValue), padded(serverHalf.publicValue)));
  if (scrambler === 0n) return undefined;
  const verifier = BigInt(`0x${credential.verifier}`);
  const shared = powerModPrime(clientPublicValue * powerModPrime(verifier, scrambler), serverHalf.secret);
  const key = hkdfSync("sha256", padded(shared), padded(scrambler), Buffer.from("Caldera Derived Key", "utf8"), 16);
  return createHmac("sha256", Buffer.from(key))
    .update(proof.poolName + proof.userId, "utf8")
    .update(proof.secretBlock)
    .update(proof.timestamp, "utf8")
    .digest();
}

/** Was this signature made with the password? Compared in constant time. */
export function proofHolds(proof: SrpProof, signature: string): boolean {
  const expected = expectedSignature(proof);
  const given = Buffer.from(signature, "base64");
  return expected !== undefined && given.length === expected.length && timingSafeEqual(given, expected);
}
