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

type KeptTexts = [string, JournalStep, string, JournalEntry["outcome"], string];

/** What an entry's texts are, in the order in which they are kept. */
const TEXTS = ["requestId", "step", "subject", "outcome", "reason"] as const;

/** A journal in memory that keeps the newest `capacity` entries in a ring: recording costs the same however full it is.
 * Entries lie in two arrays. As objects of their own they would all outlive the collector's first looks, which cost a
 * refused request a sixth of its time. */
export function memoryJournal(clock: Clock, capacity = 10_000): Journal {
  const texts: string[] = [];
  const times = new Float64Array(capacity);
  let recorded = 0;
  const entryAt = (position: number): JournalEntry => {
    const [requestId, step, subject, outcome, reason] = texts.slice(
      position * TEXTS.length,
      (position + 1) * TEXTS.length,
    ) as KeptTexts;
    return { requestId, at: new Date(times[position] ?? 0).toISOString(), step, subject, outcome, reason };
  };
  return {
    record(entry) {
      const position = recorded % capacity;
      times[position] = clock.nowMilliseconds();
      let place = position * TEXTS.length;
      for (const name of TEXTS) texts[place++] = entry[name];
      recorded += 1;
    },
    entries(requestId) {
      const kept = Math.min(recorded, capacity);
      const positions = Array.from({ length: kept }, (_, age) => (recorded - kept + age) % capacity);
      return positions
        .filter((position) => requestId === undefined || texts[position * TEXTS.length] === requestId)
        .map(entryAt);
    },
  };
}
