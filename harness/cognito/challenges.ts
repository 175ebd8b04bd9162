import type { RandomSource } from "./random.ts";
import type { SrpCredential, SrpServerHalf } from "./srp.ts";
import type { User } from "./users.ts";

interface ChallengeBase {
  readonly poolId: string;
  readonly clientId: string;
  /** `USER_ID_FOR_SRP`. */
  readonly userId: string;
  /** Absent: there is no such user, and every answer is wrong. */
  readonly sub?: string;
}

export interface SrpChallenge extends ChallengeBase {
  readonly name: "PASSWORD_VERIFIER";
  readonly credential: SrpCredential;
  readonly clientPublicValue: bigint;
  readonly serverHalf: SrpServerHalf;
  /** The key under which wrong passwords are counted. */
  readonly attemptsKey: string;
}

export interface SessionChallenge extends ChallengeBase {
  readonly name: "NEW_PASSWORD_REQUIRED" | "SOFTWARE_TOKEN_MFA" | "MFA_SETUP";
  readonly sub: string;
  /** Of the password that opened it: with another password it ends. */
  readonly verifier?: string;
  readonly wrongTries: number;
  /** `MFA_SETUP`: an app was paired by this very session. */
  readonly paired?: true;
}

/** Does the challenge still stand for its user: enabled, and with the password that opened it? */
export function standsFor(challenge: SessionChallenge, user: User | undefined): user is User {
  return user?.enabled === true && user.password?.verifier === challenge.verifier;
}

export type Challenge = SrpChallenge | SessionChallenge;

/** Challenges that wait for their answer. They live in memory: after a restart the user signs in again. */
export interface ChallengeStore {
  /** Answers the base64 text by which the client names the challenge: the secret block, or the session. */
  open(challenge: Challenge, lifetimeSeconds: number): string;
  /** `undefined` when it is unknown, used or expired. */
  find(token: string): Challenge | undefined;
  replace(token: string, challenge: Challenge): void;
  close(token: string): void;
}

interface Kept {
  readonly challenge: Challenge;
  readonly expiresAtMilliseconds: number;
}

const TOKEN_BYTES = 96;

export function challengeStore(random: RandomSource, nowMilliseconds: () => number, capacity = 10_000): ChallengeStore {
  const kept = new Map<string, Kept>();
  return {
    open(challenge, lifetimeSeconds) {
      const token = random.bytes(TOKEN_BYTES).toString("base64");
      kept.set(token, { challenge, expiresAtMilliseconds: nowMilliseconds() + lifetimeSeconds * 1000 });
      const [oldest] = kept.keys();
      if (kept.size > capacity && oldest !== undefined) kept.delete(oldest);
      return token;
    },
    find(token) {
      const found = kept.get(token);
      return found === undefined || found.expiresAtMilliseconds <= nowMilliseconds() ? undefined : found.challenge;
    },
    replace(token, challenge) {
      const found = kept.get(token);
      if (found !== undefined) kept.set(token, { ...found, challenge });
    },
    close: (token) => void kept.delete(token),
  };
}
