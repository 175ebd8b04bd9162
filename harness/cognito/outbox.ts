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

/** Keeps the newest `capacity` messages in memory and tells each to `onMessage`, for a line on the console. */
export function memoryOutbox(onMessage: (message: OutboxMessage) => void, capacity = 1000): Outbox {
  const kept: OutboxMessage[] = [];
  return {
    send(message) {
      kept.push(message);
      if (kept.length > capacity) kept.shift();
      onMessage(message);
    },
    messages: () => [...kept],
  };
}
