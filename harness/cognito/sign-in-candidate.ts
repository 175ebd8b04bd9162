import { createHmac } from "node:crypto";
import { isEmail, isPhoneNumber } from "./attributes.ts";
import { type Refusal, refusals } from "./errors.ts";
import type { UserPool } from "./pool/user-pool.ts";
import type { ServedClient, ServedPool, Service } from "./service.ts";
import { fakeCredential, type SrpCredential } from "./srp.ts";
import { findUser, normalName, type User } from "./users.ts";

/** Somebody who tries to sign in. For a name that no user has, a made-up stand-in of the same cost. */
export interface Candidate {
  readonly user?: User;
  readonly userId: string;
  readonly credential: SrpCredential;
  readonly attemptsKey: string;
}

/** Finds who the name stands for; the stand-in is the same at every try. */
export function candidateFor({ served }: ServedClient, login: string): Candidate {
  const { pool, users, keys } = served;
  const user = findUser(pool, users, login);
  const name = normalName(pool, login);
  const userId = user?.username ?? (isOnlyAlias(pool, name) ? fakeSub(keys.codeSecret, name) : name);
  const credential = user?.password ?? fakeCredential(keys.codeSecret, name);
  return {
    ...(user === undefined ? {} : { user }),
    userId,
    credential,
    attemptsKey: user === undefined ? `name ${fakeSub(keys.codeSecret, name)}` : `sub ${user.sub}`,
  };
}

/** Can nobody's user name be this, so that an answer that repeats it would tell that it is nobody's alias either? */
function isOnlyAlias({ usernameAttributes, aliasAttributes }: UserPool, name: string): boolean {
  if (usernameAttributes.length > 0) return true;
  if (aliasAttributes.includes("email") && isEmail(name)) return true;
  return aliasAttributes.includes("phone_number") && isPhoneNumber(name);
}

/** The same UUID for the same name, so that asking twice tells nothing. */
function fakeSub(secret: Buffer, name: string): string {
  const bytes = createHmac("sha256", secret).update(`sub\n${name}`, "utf8").digest("hex");
  const variant = "89ab".charAt(Number.parseInt(bytes.charAt(16), 16) % 4);
  const parts = [bytes.slice(0, 8), bytes.slice(8, 12), `4${bytes.slice(13, 16)}`];
  return [...parts, `${variant}${bytes.slice(17, 20)}`, bytes.slice(20, 32)].join("-");
}

/** Where a client does not mask, an unknown name is told at once. */
export function unmaskedUnknown({ client }: ServedClient, candidate: Candidate): Refusal | undefined {
  return candidate.user === undefined && !client.masksUserExistence ? refusals.unknownUser() : undefined;
}

/** Refuses whoever is locked out for wrong passwords. */
export function checkAttempts(service: Service, served: ServedPool, key: string): Refusal | undefined {
  return served.attempts.check(key, service.clock.nowMilliseconds());
}
