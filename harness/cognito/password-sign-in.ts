import { type Parameters, required, requiredLogin } from "./auth-parameters.ts";
import { type AuthenticationAnswer, afterPassword } from "./authentication-result.ts";
import { isRefusal, type Refusal, refusals } from "./errors.ts";
import { checkSecretHash } from "./secret-hash.ts";
import type { ServedClient, Service } from "./service.ts";
import { type Candidate, candidateFor, checkAttempts, unmaskedUnknown } from "./sign-in-candidate.ts";
import { passwordMatches } from "./srp.ts";

/** `USER_PASSWORD_AUTH` and its administrator's twin: the password itself is compared. */
export async function passwordSignIn(
  service: Service,
  target: ServedClient,
  parameters: Parameters,
): Promise<AuthenticationAnswer | Refusal> {
  const login = requiredLogin(parameters);
  if (isRefusal(login)) return login;
  const password = required(parameters, "PASSWORD");
  if (isRefusal(password)) return password;
  const hashRefusal = checkSecretHash(target.client, [login], parameters.get("SECRET_HASH"));
  if (hashRefusal !== undefined) return hashRefusal;
  const candidate = candidateFor(target, login);
  const refusal = unmaskedUnknown(target, candidate) ?? checkAttempts(service, target.served, candidate.attemptsKey);
  if (refusal !== undefined) return refusal;
  return comparePassword(service, target, candidate, password);
}

function comparePassword(
  service: Service,
  target: ServedClient,
  candidate: Candidate,
  password: string,
): Promise<AuthenticationAnswer | Refusal> | Refusal {
  const { served } = target;
  const { user, credential, userId, attemptsKey } = candidate;
  const matches = passwordMatches(credential, served.pool.srpName, userId, password);
  if (!matches || user?.password === undefined) {
    served.attempts.failed(attemptsKey, service.clock.nowMilliseconds());
    return refusals.wrongCredentials(user === undefined ? "no such user" : "the password is wrong");
  }
  served.attempts.succeeded(attemptsKey);
  return afterPassword(service, { ...target, user });
}
