import { withAccessToken } from "./access-token.ts";
import { type SessionChallenge, standsFor } from "./challenges.ts";
import { isRefusal, type Refusal, refusals, refuse } from "./errors.ts";
import type { ServedPool, Service } from "./service.ts";
import type { User } from "./users.ts";

/** Who pairs an app: by access token, or by the session of an `MFA_SETUP` challenge. */
export interface PairingSubject {
  readonly served: ServedPool;
  readonly user: User;
  readonly setup?: { readonly token: string; readonly challenge: SessionChallenge };
}

export function withPairingSubject(
  service: Service,
  given: { readonly AccessToken?: string; readonly Session?: string },
  run: (subject: PairingSubject) => object | Refusal,
): object | Refusal | Promise<object | Refusal> {
  if (given.AccessToken !== undefined) return withAccessToken(service, given.AccessToken, run);
  if (given.Session === undefined) return refusals.invalidParameter("Either AccessToken or Session is required");
  const subject = setupSubject(service, given.Session);
  return isRefusal(subject) ? subject : run(subject);
}

function setupSubject(service: Service, session: string): PairingSubject | Refusal {
  const found = service.pools().flatMap((served) => {
    const challenge = served.challenges.find(session);
    return challenge?.name === "MFA_SETUP" ? [{ served, challenge }] : [];
  })[0];
  const user = found?.served.users.bySub(found.challenge.sub);
  if (found === undefined || !standsFor(found.challenge, user)) {
    return refuse("NotAuthorizedException", "Invalid session for the user, session is expired.");
  }
  if (user.softwareToken?.verified === true && found.challenge.paired !== true) {
    const reason = "an app was paired since, and has to be asked";
    return refuse("NotAuthorizedException", "Invalid session for the user, session is expired.", reason);
  }
  return { served: found.served, user, setup: { token: session, challenge: found.challenge } };
}

/** Notes that the session's own app has shown its first code: only such a session ends in tokens. */
export function markPaired({ served, setup }: PairingSubject): void {
  if (setup !== undefined) served.challenges.replace(setup.token, { ...setup.challenge, paired: true });
}

/** Hands the session on: pairing does not use it up. */
export function reopened({ setup }: PairingSubject): { readonly Session?: string } {
  return setup === undefined ? {} : { Session: setup.token };
}
