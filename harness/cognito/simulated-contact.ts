import { createHmac } from "node:crypto";
import { isEmail, isPhoneNumber } from "./attributes.ts";
import type { ContactAttribute } from "./pool/user-pool.ts";
import type { ServedPool } from "./service.ts";

export interface SimulatedContact {
  readonly attribute: ContactAttribute;
  readonly value: string;
}

/** Where a code for an unknown user is said to have gone: by the form of the name or else to the first of `preferred`,
 * and the same every time.
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pool-managing-errors.html */
export function simulatedContact(
  { keys }: ServedPool,
  name: string,
  preferred: readonly ContactAttribute[],
): SimulatedContact {
  if (isPhoneNumber(name)) return { attribute: "phone_number", value: name };
  if (isEmail(name)) return { attribute: "email", value: name };
  const digest = createHmac("sha256", keys.codeSecret).update(`contact\n${name}`, "utf8").digest();
  const letter = (index: number) => "abcdefghijklmnopqrstuvwxyz".charAt(digest.readUInt8(index) % 26);
  const [attribute = "email"] = preferred;
  const digits = String(digest.readUInt32BE(2) % 10_000).padStart(4, "0");
  return { attribute, value: attribute === "email" ? `${letter(0)}@${letter(1)}` : digits };
}
