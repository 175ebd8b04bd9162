import { isRefusal, type Refusal, refusals } from "./errors.ts";

/** The `AuthParameters` or `ChallengeResponses` of a sign-in step. */
export type Parameters = ReadonlyMap<string, string>;

/** A parameter of a flow that must be there. */
export function required(parameters: Parameters, name: string): string | Refusal {
  const value = parameters.get(name);
  return value === undefined || value === "" ? refusals.invalidParameter(`Missing required parameter ${name}`) : value;
}

/** The longest attribute that can stand for a name. */
const LONGEST_LOGIN = 2048;

/** The name that somebody signs in with. One that nobody can have is refused, so that none is kept at length. */
export function requiredLogin(parameters: Parameters): string | Refusal {
  const login = required(parameters, "USERNAME");
  if (isRefusal(login) || login.length <= LONGEST_LOGIN) return login;
  return refusals.invalidParameter(`USERNAME must have length less than or equal to ${LONGEST_LOGIN}`);
}
