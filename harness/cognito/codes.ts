import { createHmac, timingSafeEqual } from "node:crypto";
import { isRefusal, type Refusal, refusals } from "./errors.ts";
import { type RandomSource, sixDigits } from "./random.ts";

/** What a code is good for. */
export type CodePurpose = "sign-up" | "password-reset" | "verify-email" | "verify-phone_number";

/** How long a code works: a day for sign-up and attributes, an hour for a password. */
const lifetimeMilliseconds: Readonly<Record<CodePurpose, number>> = {
  "sign-up": 86_400_000,
  "password-reset": 3_600_000,
  "verify-email": 86_400_000,
  "verify-phone_number": 86_400_000,
};

const HOUR_MILLISECONDS = 3_600_000;
/** Cognito allows 5 to 20 requests an hour, by a judgement of risk that nobody can foresee: the strict end is kept. */
const SENDS_AN_HOUR = 5;
const WRONG_TRIES_PER_CODE = 5;

/** The code of one purpose, as it is stored: never the digits themselves. */
export interface CodeState {
  /** Keyed hash of the digits; absent once used. */
  readonly mac?: string;
  /** The address that it went to; absent where no message went out. */
  readonly destination?: string;
  readonly expiresAtMilliseconds: number;
  readonly wrongTries: number;
  /** When codes were sent within the last hour. */
  readonly sentAtMilliseconds: readonly number[];
}

export interface CodeContext {
  readonly purpose: CodePurpose;
  /** The pool's own secret. */
  readonly secret: Buffer;
  readonly nowMilliseconds: number;
}

function macOf(code: string, context: CodeContext): Buffer {
  return createHmac("sha256", context.secret).update(`${context.purpose}\n${code}`, "utf8").digest();
}

export interface IssuedCode {
  /** Goes to the outbox and nowhere else. */
  readonly code: string;
  readonly state: CodeState;
}

/** Makes a new code, which ends the one before; refused after too many in one hour. */
export function issueCode(
  before: CodeState | undefined,
  context: CodeContext,
  random: RandomSource,
): IssuedCode | Refusal {
  const now = context.nowMilliseconds;
  const sent = (before?.sentAtMilliseconds ?? []).filter((at) => at > now - HOUR_MILLISECONDS);
  if (sent.length >= SENDS_AN_HOUR) return refusals.attemptLimit("too many codes were asked for within an hour");
  const code = sixDigits(random);
  const state = {
    mac: macOf(code, context).toString("hex"),
    expiresAtMilliseconds: now + lifetimeMilliseconds[context.purpose],
    wrongTries: 0,
    sentAtMilliseconds: [...sent, now],
  };
  return { code, state };
}

/** The answer to a try, and what is stored after it. */
export interface CheckedCode {
  readonly refusal?: Refusal;
  readonly state?: CodeState;
}

/** Compares a code in constant time. A right one is used up; wrong ones are counted. */
export function checkCode(before: CodeState | undefined, code: string, context: CodeContext): CheckedCode {
  if (before?.mac === undefined) return { refusal: refusals.codeExpired("no code is open"), ...kept(before) };
  if (before.wrongTries >= WRONG_TRIES_PER_CODE) {
    return { refusal: refusals.attemptLimit("too many wrong codes"), state: before };
  }
  const matches = timingSafeEqual(macOf(code, context), Buffer.from(before.mac, "hex"));
  if (!matches) {
    const state = { ...before, wrongTries: before.wrongTries + 1 };
    return { refusal: refusals.codeMismatch("the code is wrong"), state };
  }
  if (before.expiresAtMilliseconds <= context.nowMilliseconds) {
    return { refusal: refusals.codeExpired("the code has expired"), state: before };
  }
  const { mac: _used, ...state } = before;
  return { state };
}

function kept(state: CodeState | undefined): { readonly state?: CodeState } {
  return state === undefined ? {} : { state };
}

/** Codes for names that no user has: they are counted and compared like real ones, so that answers tell nothing. */
export interface ShadowCodes {
  issue(key: string, context: CodeContext, random: RandomSource): Refusal | undefined;
  check(key: string, code: string, context: CodeContext): Refusal;
}

export function shadowCodes(capacity = 10_000): ShadowCodes {
  const states = new Map<string, CodeState>();
  const keep = (key: string, state: CodeState | undefined) => {
    if (state === undefined) return;
    states.delete(key);
    states.set(key, state);
    const [oldest] = states.keys();
    if (states.size > capacity && oldest !== undefined) states.delete(oldest);
  };
  return {
    issue(key, context, random) {
      const issued = issueCode(states.get(key), context, random);
      if (isRefusal(issued)) return issued;
      keep(key, issued.state);
      return undefined;
    },
    check(key, code, context) {
      const checked = checkCode(states.get(key), code, context);
      // A lucky guess at a code that nobody was sent is still wrong.
      if (checked.refusal === undefined) return refusals.codeMismatch("no such user");
      keep(key, checked.state);
      return checked.refusal;
    },
  };
}
