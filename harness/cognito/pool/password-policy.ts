import type { Inputs } from "../../resources/inputs.ts";
import { type Refusal, refuse } from "../errors.ts";

/** @see https://docs.aws.amazon.com/cognito/latest/developerguide/managing-users-passwords.html */
export interface PasswordPolicy {
  readonly minimumLength: number;
  readonly requireUppercase: boolean;
  readonly requireLowercase: boolean;
  readonly requireNumbers: boolean;
  readonly requireSymbols: boolean;
  readonly temporaryPasswordValidityDays: number;
  /** How many earlier passwords may not come back. */
  readonly historySize: number;
}

/** Without a policy in the program, the API's default: eight characters of all four kinds. A policy that is given
 * requires only what it names. */
export function readPasswordPolicy(pool: Inputs, tier: string): PasswordPolicy {
  const given = pool.has("passwordPolicy");
  const block = pool.block("passwordPolicy");
  const required = (name: string) => block.flag(name) ?? !given;
  const policy = {
    minimumLength: block.number("minimumLength") ?? 8,
    requireUppercase: required("requireUppercase"),
    requireLowercase: required("requireLowercase"),
    requireNumbers: required("requireNumbers"),
    requireSymbols: required("requireSymbols"),
    temporaryPasswordValidityDays: block.number("temporaryPasswordValidityDays") || 7,
    historySize: block.number("passwordHistorySize") ?? 0,
  };
  checkPolicy(block, policy, tier);
  return policy;
}

function checkPolicy(block: Inputs, policy: PasswordPolicy, tier: string): void {
  const inRange = (name: string, value: number, min: number, max: number) => {
    if (!Number.isInteger(value) || value < min || value > max) block.fault(name, `must be in ${min} to ${max}`);
  };
  inRange("minimumLength", policy.minimumLength, 6, 99);
  inRange("temporaryPasswordValidityDays", policy.temporaryPasswordValidityDays, 1, 365);
  inRange("passwordHistorySize", policy.historySize, 0, 24);
  if (policy.historySize > 0 && tier === "LITE") {
    block.fault("passwordHistorySize", "needs the pool's `userPoolTier` ESSENTIALS or PLUS");
  }
}

/** The characters that count as symbols; a space counts when it is neither first nor last. */
const SYMBOL = /[\^$*.[\]{}()?"!@#%&/\\,><':;|_~`=+-]|(?<=.) (?=.)/;

/** The first rule that the password breaks, in the order in which Cognito names them. */
export function policyViolation(policy: PasswordPolicy, password: string): string | undefined {
  if (password.length < policy.minimumLength) return "Password not long enough";
  if (policy.requireUppercase && !/[A-Z]/.test(password)) return "Password must have uppercase characters";
  if (policy.requireLowercase && !/[a-z]/.test(password)) return "Password must have lowercase characters";
  if (policy.requireNumbers && !/[0-9]/.test(password)) return "Password must have numeric characters";
  if (policy.requireSymbols && !SYMBOL.test(password)) return "Password must have symbol characters";
  return undefined;
}

/** Refuses a password that a user chose. */
export function checkPassword(policy: PasswordPolicy, password: string): Refusal | undefined {
  const broken = policyViolation(policy, password);
  if (broken === undefined) return undefined;
  return refuse("InvalidPasswordException", `Password did not conform with policy: ${broken}`);
}

/** Refuses a password that an administrator chose: the same rules, worded differently. */
export function checkAdminPassword(policy: PasswordPolicy, password: string): Refusal | undefined {
  const broken = policyViolation(policy, password);
  if (broken === undefined) return undefined;
  return refuse("InvalidPasswordException", `Password did not conform with password policy: ${broken}`);
}
