import { reportedErrorType, type Sandbox } from "./sandbox.ts";

/** A sandbox together with what the pool and the invocations need to know of it. */
export interface PooledSandbox {
  readonly sandbox: Sandbox;
  /** Milliseconds that init took; `undefined` once an invocation reported it. */
  initDurationMilliseconds: number | undefined;
  maximumMemoryBytes: number;
  /** The gateway's request that it works on now. */
  currentRequestId: string | undefined;
  idleSinceMilliseconds: number;
}

/** What an invocation gets: a warm sandbox, or the news that one could not be initialized. */
export type Acquired = { readonly kind: "warm"; readonly pooled: PooledSandbox } | InitFailed;

/** `failure` is absent where none was tried, as the pool is closed. */
export interface InitFailed {
  readonly kind: "init-failed";
  readonly failure?: { readonly durationMilliseconds: number; readonly errorType: string | undefined };
}

export interface PoolOptions {
  readonly start: () => PooledSandbox;
  /** Sandboxes that are started at once when somebody waits, and the most that start at the same time. */
  readonly promptSandboxes: number;
  /** The most sandboxes; between the two, one is started when somebody has waited for `patienceMilliseconds` and more of
   * them could help. */
  readonly maximumSandboxes: number;
  readonly patienceMilliseconds: number;
  readonly initTimeoutMilliseconds: number;
  /** A clock that never goes back. */
  readonly nowMilliseconds: () => number;
  /** The share of the time since it was last asked in which this process's own event loop, or the whole machine, was
   * busy. */
  readonly hostUtilization: () => number;
  /** Asks for room among all pools; may end an idle sandbox of another one. */
  readonly makeRoom: () => boolean;
}

interface Waiter {
  readonly sinceMilliseconds: number;
  readonly resolve: (acquired: Acquired) => void;
}

/** Above this share the processor is what an event waits for, and one more sandbox would wait with it. */
const BUSY_HOST = 0.8;
const BUSY_SANDBOX = 0.5;

/** After so many times its patience an event gets a sandbox of its own, however busy the machine looks. */
const LAST_PATIENCE = 20;

/** The sandboxes of one function. AWS would start an environment for every event that finds none free. On one machine
 * that only makes all of them slower, so a few are started at once, and more when events have waited in vain while the
 * sandboxes waited too, for something other than the processor: a handler that sleeps, or that calls its own API, still
 * gets through, and a machine that is merely busy is not made busier. */
export class Pool {
  readonly #options: PoolOptions;
  readonly #idle: PooledSandbox[] = [];
  readonly #members = new Set<PooledSandbox>();
  readonly #waiters: Waiter[] = [];
  #starting = 0;
  #closed = false;
  /** Whether the last look found the sandboxes waiting for something other than the processor. */
  #moreWouldHelp = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#members.size;
  }

  get busy(): number {
    return this.#members.size - this.#idle.length - this.#starting;
  }

  get waiting(): number {
    return this.#waiters.length;
  }

  /** The longest idle sandbox, which is the first to go. */
  get oldestIdle(): PooledSandbox | undefined {
    return this.#idle[0];
  }

  acquire(): Promise<Acquired> | Acquired {
    const pooled = this.#takeIdle();
    if (pooled !== undefined) return { kind: "warm", pooled };
    return new Promise((resolve) => {
      this.#waiters.push({ sinceMilliseconds: this.#options.nowMilliseconds(), resolve });
      this.scale();
    });
  }

  #takeIdle(): PooledSandbox | undefined {
    // The one that worked last has its code and data in the caches, and lets the others grow old.
    for (let pooled = this.#idle.pop(); pooled !== undefined; pooled = this.#idle.pop()) {
      if (pooled.sandbox.isAlive()) return pooled;
    }
    return undefined;
  }

  /** Gives a sandbox back; a dead one is dropped. */
  release(pooled: PooledSandbox): void {
    if (!pooled.sandbox.isAlive()) {
      this.scale();
      return;
    }
    if (this.#closed) {
      void pooled.sandbox.kill();
      return;
    }
    const waiter = this.#waiters.shift();
    if (waiter !== undefined) {
      waiter.resolve({ kind: "warm", pooled });
      return;
    }
    pooled.idleSinceMilliseconds = this.#options.nowMilliseconds();
    this.#idle.push(pooled);
  }

  /** Starts what the waiting ones need and the bounds allow. */
  scale(): void {
    if (this.#closed) return;
    while (this.#starting < this.#waiters.length && this.#mayStart()) void this.#startOne(true);
    this.#lookAgainLater();
  }

  #mayStart(): boolean {
    const { promptSandboxes, maximumSandboxes, patienceMilliseconds, makeRoom } = this.#options;
    // Environments that start together on a few cores are late together, and the events behind them later still.
    if (this.#members.size >= maximumSandboxes || this.#starting >= promptSandboxes) return false;
    const next = this.#waiters[this.#starting];
    const waited = next === undefined ? 0 : this.#options.nowMilliseconds() - next.sinceMilliseconds;
    const inVain = waited >= patienceMilliseconds && this.#moreWouldHelp;
    const tooLong = waited >= patienceMilliseconds * LAST_PATIENCE;
    return (this.#members.size < promptSandboxes || inVain || tooLong) && makeRoom();
  }

  #lookAgainLater(): void {
    if (this.#timer !== undefined || this.#waiters.length <= this.#starting) return;
    this.#areWaiting();
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#moreWouldHelp = this.#areWaiting();
      this.scale();
      this.#moreWouldHelp = false;
    }, this.#options.patienceMilliseconds);
    this.#timer.unref();
  }

  /** Since the last look, was it neither this process, its sandboxes nor the machine that the events waited for? */
  #areWaiting(): boolean {
    const host = this.#options.hostUtilization();
    const shares = [...this.#members].map(({ sandbox }) => sandbox.utilization());
    const mean = shares.reduce((sum, share) => sum + share, 0) / Math.max(1, shares.length);
    return host < BUSY_HOST && mean < BUSY_SANDBOX;
  }

  /** Makes sure that one sandbox is there, for nobody yet. */
  async prewarm(): Promise<void> {
    if (!this.#closed && this.#members.size === 0 && this.#options.makeRoom()) await this.#startOne(false);
  }

  /** An environment that was started ahead of any event reports no init time, as on AWS. */
  async #startOne(forWaiter: boolean): Promise<void> {
    const startedAt = this.#options.nowMilliseconds();
    const pooled = this.#options.start();
    this.#adopt(pooled);
    this.#starting += 1;
    const outcome = await pooled.sandbox.initialize(this.#options.initTimeoutMilliseconds);
    this.#starting -= 1;
    const durationMilliseconds = this.#options.nowMilliseconds() - startedAt;
    if (forWaiter) pooled.initDurationMilliseconds = durationMilliseconds;
    if (outcome.kind === "ready") this.release(pooled);
    else this.#reportFailure({ durationMilliseconds, errorType: reportedErrorType(outcome) });
  }

  /** An event that waits for an environment whose init failed gets one more try, inside its own timeout. */
  #reportFailure(failure: NonNullable<InitFailed["failure"]>): void {
    this.#waiters.shift()?.resolve({ kind: "init-failed", failure });
    this.scale();
  }

  /** Starts a sandbox for one invocation alone, whose timeout then holds for init as well. */
  startWithinInvocation(): PooledSandbox {
    const pooled = this.#options.start();
    this.#adopt(pooled);
    return pooled;
  }

  #adopt(pooled: PooledSandbox): void {
    this.#members.add(pooled);
    pooled.sandbox.onExit(() => {
      this.#members.delete(pooled);
      const at = this.#idle.indexOf(pooled);
      if (at !== -1) this.#idle.splice(at, 1);
      this.scale();
    });
  }

  /** Ends sandboxes that were idle for so long, but keeps `keep` of them. */
  trim(idleMilliseconds: number, keep: number): void {
    const now = this.#options.nowMilliseconds();
    while (this.#members.size > keep) {
      const oldest = this.#idle[0];
      if (oldest === undefined || now - oldest.idleSinceMilliseconds < idleMilliseconds) return;
      this.endIdle(oldest);
    }
  }

  endIdle(pooled: PooledSandbox): void {
    const at = this.#idle.indexOf(pooled);
    if (at === -1) return;
    this.#idle.splice(at, 1);
    this.#members.delete(pooled);
    void pooled.sandbox.kill();
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    for (const waiter of this.#waiters.splice(0)) waiter.resolve({ kind: "init-failed" });
    await Promise.all([...this.#members].map((pooled) => pooled.sandbox.kill()));
  }
}
