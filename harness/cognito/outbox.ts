/** A message that Cognito would have sent. The only place where codes and temporary passwords can be read. */
export interface OutboxMessage {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly kind: "sign-up" | "password-reset" | "attribute-verification" | "invitation";
  readonly medium: "EMAIL" | "SMS";
  readonly to: string;
  readonly userPoolId: string;
  readonly username: string;
  readonly subject: string;
  readonly text: string;
  readonly code?: string;
  readonly temporaryPassword?: string;
}

export interface Outbox {
  send(message: OutboxMessage): void;
  /** Oldest first. */
  messages(): readonly OutboxMessage[];
}

/** Keeps messages from one start to the next. */
export interface MessageStore {
  /** The newest messages of earlier starts, oldest first. */
  load(most: number): readonly OutboxMessage[];
  append(message: OutboxMessage): void;
}

export interface OutboxOptions {
  /** Told of each new message, for a line on the console. */
  readonly onMessage: (message: OutboxMessage) => void;
  /** Default: nothing outlives the outbox. */
  readonly store?: MessageStore;
  readonly capacity?: number;
}

/** Keeps the newest `capacity` messages in memory, those of earlier starts among them. */
export function openOutbox({ onMessage, store, capacity = 1000 }: OutboxOptions): Outbox {
  const kept: OutboxMessage[] = [...(store?.load(capacity) ?? [])];
  return {
    send(message) {
      kept.push(message);
      if (kept.length > capacity) kept.shift();
      store?.append(message);
      onMessage(message);
    },
    messages: () => [...kept],
  };
}
