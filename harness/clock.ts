/** The only source of time in the harness: passed in, so that a test can move it. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  nowMilliseconds(): number;
}

export const systemClock: Clock = { nowMilliseconds: () => Date.now() };
