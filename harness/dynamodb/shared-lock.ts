/** Runs work side by side, or alone: exclusive work waits for all that runs and holds back all that comes after it. */
export interface SharedLock {
  shared<T>(work: () => Promise<T>): Promise<T>;
  exclusive<T>(work: () => Promise<T>): Promise<T>;
}

interface Waiting {
  readonly alone: boolean;
  readonly start: () => void;
}

export function sharedLock(): SharedLock {
  const queue: Waiting[] = [];
  let running = 0;
  let alone = false;

  const admit = () => {
    for (let next = queue[0]; next !== undefined; next = queue[0]) {
      if (alone || (next.alone && running > 0)) return;
      queue.shift();
      running += 1;
      alone = next.alone;
      next.start();
    }
  };
  const run = async <T>(wantsToBeAlone: boolean, work: () => Promise<T>): Promise<T> => {
    await new Promise<void>((start) => {
      queue.push({ alone: wantsToBeAlone, start });
      admit();
    });
    try {
      return await work();
    } finally {
      running -= 1;
      alone = false;
      admit();
    }
  };
  return { shared: (work) => run(false, work), exclusive: (work) => run(true, work) };
}
