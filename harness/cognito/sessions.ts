/** A sign-in that refresh tokens continue. Ending it ends its tokens, as far as Cognito itself is asked. */
export interface Session {
  /** The `event_id` of its tokens. */
  readonly eventId: string;
  readonly originJti: string;
  readonly sub: string;
  readonly clientId: string;
  readonly authTimeSeconds: number;
  readonly expiresAtMilliseconds: number;
  /** With rotation: the refresh tokens that still work, by number; the value is when one was exchanged, or null. */
  readonly live: readonly (readonly [generation: number, exchangedAtMilliseconds: number | null])[];
  readonly nextGeneration: number;
}

export interface SessionStore {
  all(): readonly Session[];
  get(eventId: string): Session | undefined;
  save(session: Session): void;
  end(eventId: string): void;
  endAllOf(sub: string): void;
}

/** A session is kept until its last access token has expired, which may be after its refresh token. */
const LONGEST_ACCESS_TOKEN_MILLISECONDS = 86_400_000;

/** @param changed called after each change: the caller keeps the data. */
export function sessionStore(
  stored: readonly Session[],
  nowMilliseconds: () => number,
  changed: () => void,
): SessionStore {
  const byEvent = new Map(stored.map((session) => [session.eventId, session]));
  let pruneAbove = Math.max(1000, byEvent.size * 2);
  const prune = () => {
    const now = nowMilliseconds();
    for (const session of byEvent.values()) {
      if (session.expiresAtMilliseconds + LONGEST_ACCESS_TOKEN_MILLISECONDS <= now) byEvent.delete(session.eventId);
    }
    pruneAbove = Math.max(1000, byEvent.size * 2);
  };
  return {
    all: () => [...byEvent.values()],
    get: (eventId) => byEvent.get(eventId),
    save(session) {
      byEvent.set(session.eventId, session);
      if (byEvent.size > pruneAbove) prune();
      changed();
    },
    end(eventId) {
      if (byEvent.delete(eventId)) changed();
    },
    endAllOf(sub) {
      for (const session of byEvent.values()) if (session.sub === sub) byEvent.delete(session.eventId);
      changed();
    },
  };
}

/** How many refresh tokens of one sign-in are kept in mind; more than any client retries within a grace period. */
const MOST_LIVE = 100;

export type Exchange =
  | { readonly kind: "exchanged"; readonly session: Session; readonly generation: number }
  | "reused";

/** Exchanges one refresh token for the next. The old one works on for the grace period, counted from its first use.
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_RefreshTokenRotationType.html */
export function exchange(
  session: Session,
  generation: number,
  graceSeconds: number,
  nowMilliseconds: number,
): Exchange {
  const inGrace = (at: number | null) => at === null || nowMilliseconds < at + graceSeconds * 1000;
  const live = session.live.filter(([, at]) => inGrace(at));
  const given = live.find(([number]) => number === generation);
  if (given === undefined) return "reused";
  const others = live.filter(([number]) => number !== generation);
  const next = session.nextGeneration;
  return {
    kind: "exchanged",
    generation: next,
    session: {
      ...session,
      live: [...others.slice(-MOST_LIVE), [generation, given[1] ?? nowMilliseconds], [next, null]],
      nextGeneration: next + 1,
    },
  };
}
