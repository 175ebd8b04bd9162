import type { Clock } from "./clock.ts";

/** The step of a request's way at which a decision was taken. */
export type JournalStep =
  | "cors"
  | "route"
  | "throttle"
  | "authorizer"
  | "permission"
  | "invocation"
  | "dynamodb"
  | "response"
  | "cognito";

/** One decision. Never holds a token, password, code or body. */
export interface JournalEntry {
  /** The gateway's request id (`apigw-requestid`), or the AWS endpoint's own for calls outside an invocation. */
  readonly requestId: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly step: JournalStep;
  /** What the decision was about: a route key, function name, `dynamodb:PutItem` on an ARN, a Cognito operation. */
  readonly subject: string;
  readonly outcome: "allowed" | "denied" | "failed" | "answered";
  /** The truth that the client is not told: the claim, statement or permission that decided. */
  readonly reason: string;
}

export interface Journal {
  record(entry: Omit<JournalEntry, "at">): void;
  /** Oldest first; all that is kept, or one request's. */
  entries(requestId?: string): readonly JournalEntry[];
}

interface KeptEntry extends Omit<JournalEntry, "at"> {
  readonly atMilliseconds: number;
}

/** A journal in memory that keeps the newest `capacity` entries in a ring: recording costs the same however full it is. */
export function memoryJournal(clock: Clock, capacity = 10_000): Journal {
  const ring: KeptEntry[] = [];
  let next = 0;
  const inOrder = () => (ring.length < capacity ? ring : [...ring.slice(next), ...ring.slice(0, next)]);
  return {
    record(entry) {
      ring[next] = { ...entry, atMilliseconds: clock.nowMilliseconds() };
      next = (next + 1) % capacity;
    },
    entries(requestId) {
      return inOrder()
        .filter((entry) => requestId === undefined || entry.requestId === requestId)
        .map(({ atMilliseconds, ...entry }) => ({ ...entry, at: new Date(atMilliseconds).toISOString() }));
    },
  };
}
