import { type Refusal, refuse } from "./errors.ts";
import type { PasswordPolicy, UserPool } from "./pool/user-pool.ts";
import { randomText } from "./random.ts";
import type { ServedPool, Service } from "./service.ts";
import { passwordMatches, srpCredential } from "./srp.ts";
import type { User } from "./users.ts";

/** Refuses a password that the user had before, as far back as the pool's policy looks. */
export function checkHistory(pool: UserPool, user: User, password: string): Refusal | undefined {
  const { historySize } = pool.passwordPolicy;
  const present = user.password === undefined ? [] : [user.password];
  const earlier = [...present, ...user.earlierPasswords].slice(0, historySize);
  const reused = earlier.some((credential) => passwordMatches(credential, pool.srpName, user.username, password));
  return reused ? refuse("PasswordHistoryPolicyViolationException", "Password has previously been used") : undefined;
}

/** The user with a new password. Only its salt and verifier are kept. */
export function withPassword(service: Service, { pool }: ServedPool, user: User, password: string): User {
  const { temporaryPasswordExpiresAtMilliseconds: _expiry, ...kept } = user;
  const past = user.password === undefined ? user.earlierPasswords : [user.password, ...user.earlierPasswords];
  return {
    ...kept,
    password: srpCredential(pool.srpName, user.username, password, service.random),
    earlierPasswords: past.slice(0, pool.passwordPolicy.historySize),
    modifiedAtMilliseconds: service.clock.nowMilliseconds(),
  };
}

/** The user with a password that must be changed at the first sign-in, and that expires. */
export function withTemporaryPassword(service: Service, served: ServedPool, user: User, password: string): User {
  const days = served.pool.passwordPolicy.temporaryPasswordValidityDays;
  return {
    ...withPassword(service, served, user, password),
    status: "FORCE_CHANGE_PASSWORD",
    temporaryPasswordExpiresAtMilliseconds: service.clock.nowMilliseconds() + days * 86_400_000,
  };
}

/** A password that fits any policy: all four kinds of characters, in no fixed place that would matter to a human. */
export function inventPassword(service: Service, policy: PasswordPolicy): string {
  const { random } = service;
  const rest = randomText(
    random,
    Math.max(policy.minimumLength, 12) - 4,
    "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789",
  );
  const kinds = ["ABCDEFGHJKLMNPQRSTUVWXYZ", "abcdefghijkmnopqrstuvwxyz", "23456789", "!#%+=?@-"];
  return rest + kinds.map((alphabet) => randomText(random, 1, alphabet)).join("");
}
