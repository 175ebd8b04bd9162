import { type Refusal, refuse } from "./errors.ts";

/** Five wrong passwords lock a user out for a second; each further one doubles that, up to a quarter of an hour. Tries
 * during a lockout count for nothing. A right password, or a quarter of an hour without tries, starts afresh.
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/authentication.html */
const FREE_FAILURES = 5;
const LONGEST_LOCKOUT_MILLISECONDS = 900_000;
const FORGOTTEN_AFTER_MILLISECONDS = 900_000;

/** Milliseconds of lockout after this many wrong passwords in all. */
export function lockoutMilliseconds(failures: number): number {
  if (failures < FREE_FAILURES) return 0;
  return Math.min(LONGEST_LOCKOUT_MILLISECONDS, 1000 * 2 ** Math.min(failures - FREE_FAILURES, 20));
}

interface Attempts {
  readonly failures: number;
  readonly lastFailureAtMilliseconds: number;
}

/** Wrong passwords by user, or by the name that was tried where there is no such user. */
export interface PasswordAttempts {
  /** Refuses while the user is locked out. */
  check(key: string, nowMilliseconds: number): Refusal | undefined;
  failed(key: string, nowMilliseconds: number): void;
  succeeded(key: string): void;
}

export function passwordAttempts(capacity = 100_000): PasswordAttempts {
  const byKey = new Map<string, Attempts>();
  const current = (key: string, now: number): Attempts | undefined => {
    const attempts = byKey.get(key);
    if (attempts === undefined) return undefined;
    const quietSince = attempts.lastFailureAtMilliseconds + lockoutMilliseconds(attempts.failures);
    return now - quietSince < FORGOTTEN_AFTER_MILLISECONDS ? attempts : undefined;
  };
  return {
    check(key, now) {
      const attempts = current(key, now);
      if (attempts === undefined) return undefined;
      const until = attempts.lastFailureAtMilliseconds + lockoutMilliseconds(attempts.failures);
      return now < until ? refuse("NotAuthorizedException", "Password attempts exceeded") : undefined;
    },
    failed(key, now) {
      const failures = (current(key, now)?.failures ?? 0) + 1;
      byKey.delete(key);
      byKey.set(key, { failures, lastFailureAtMilliseconds: now });
      const [oldest] = byKey.keys();
      if (byKey.size > capacity && oldest !== undefined) byKey.delete(oldest);
    },
    succeeded: (key) => void byKey.delete(key),
  };
}
