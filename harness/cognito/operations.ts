import type { Operation } from "./operation.ts";
import { confirmSignUp } from "./operations/confirm-sign-up.ts";
import { initiateAuth } from "./operations/initiate-auth.ts";
import { resendConfirmationCode } from "./operations/resend-confirmation-code.ts";
import { signUp } from "./operations/sign-up.ts";

/** Every operation that is served. A name that is not here is refused with `UnknownOperationException`. */
export const operations: ReadonlyMap<string, Operation> = new Map(
  [confirmSignUp, initiateAuth, resendConfirmationCode, signUp].map((operation) => [operation.name, operation]),
);
