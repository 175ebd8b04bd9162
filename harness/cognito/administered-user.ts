import { isRefusal, refusals } from "./errors.ts";
import type { Outcome } from "./operation.ts";
import { type ServedPool, type Service, servedPool } from "./service.ts";
import { findUser, type User } from "./users.ts";

/** Runs an administrator's operation for a user of a pool. An administrator is told when there is none. */
export function withUser(
  service: Service,
  { UserPoolId, Username }: { readonly UserPoolId: string; readonly Username: string },
  run: (served: ServedPool, user: User) => Outcome,
): Outcome {
  const served = servedPool(service, UserPoolId);
  if (isRefusal(served)) return served;
  const user = findUser(served.pool, served.users, Username);
  return user === undefined ? refusals.unknownUser() : run(served, user);
}
