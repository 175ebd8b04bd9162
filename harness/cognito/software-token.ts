import { isRefusal, type Refusal, refuse } from "./errors.ts";
import type { RandomSource } from "./random.ts";
import { base32, matchingStep } from "./totp.ts";
import type { SoftwareToken, User } from "./users.ts";

/** A new secret to pair an authenticator app with; the old one works until the new one is verified by a code. */
export function newSoftwareToken(random: RandomSource): SoftwareToken {
  return {
    secret: base32(random.bytes(20)),
    verified: false,
    enabled: false,
    preferred: false,
    friendlyDeviceName: "",
  };
}

/** Tries a code of a token; answers the token with the step marked as used. A step's code works once. */
export function tryCode(token: SoftwareToken, code: string, nowMilliseconds: number): SoftwareToken | Refusal {
  const step = matchingStep(token.secret, code, nowMilliseconds);
  if (step === undefined) return refuse("CodeMismatchException", "Invalid code received for user");
  if (token.lastStep !== undefined && step <= token.lastStep) {
    return refuse("ExpiredCodeException", "Your software token has already been used once.");
  }
  return { ...token, lastStep: step };
}

/** The user with a code of the paired app used up, or the refusal. */
export function useSoftwareToken(user: User, code: string, nowMilliseconds: number): User | Refusal {
  if (user.softwareToken?.verified !== true) {
    return refuse("SoftwareTokenMFANotFoundException", "Software Token MFA has not been enabled by the userpool");
  }
  const used = tryCode(user.softwareToken, code, nowMilliseconds);
  return isRefusal(used) ? used : { ...user, softwareToken: used };
}
