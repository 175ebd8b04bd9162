import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { systemClock } from "../clock.ts";
import { type ReadCase, readCases } from "../replay/read-cases.ts";
import { type Outcome, replay } from "../replay/replay.ts";
import { type Access, type AccessMatrix, accessMatrix, deciderOf, namedDecider } from "./access-diff.ts";
import type { Check, CheckResult } from "./check.ts";
import type { Subject } from "./subject.ts";
import { runSuite } from "./suite.ts";

export interface DiffQuestions {
  /** Recorded events, in the order in which they are sent. */
  readonly events: readonly ReadCase[];
  readonly checks: readonly Check[];
  readonly seed: number;
  readonly concurrency: number;
  readonly onProgress: (line: string) => void;
}

/** The events that lie beside a program, in `events/*.json`; none where there are none. */
export async function recordedEvents(programDirectory: string): Promise<readonly ReadCase[]> {
  const folder = join(programDirectory, "events");
  const names = await readdir(folder).catch(() => []);
  const files = names.filter((name) => name.endsWith(".json")).sort();
  const read = await Promise.all(
    files.map(async (name) => readCases(await readFile(join(folder, name), "utf8"), name)),
  );
  return read.flat();
}

/** Everything that one version of a program lets somebody do: by who they are, by recorded event, by attack. */
export async function versionAccess(subject: Subject, questions: DiffQuestions): Promise<AccessMatrix> {
  const { events, checks, seed, concurrency, onProgress } = questions;
  // First the events: they expect a table that nobody has used.
  const replayed = await replay(events, subject.target, { as: "self", nowMilliseconds: systemClock.nowMilliseconds });
  const matrix = await accessMatrix(subject);
  const results = await runSuite(subject, checks, {
    seed,
    concurrency,
    onResult: ({ check }, done, of) => onProgress(`[${done}/${of}] ${check.id}`),
  });
  return new Map([...matrix, ...eventAccess(subject, events, replayed), ...attackAccess(subject, results)]);
}

type Entry = readonly [string, Access];

function eventAccess(subject: Subject, events: readonly ReadCase[], outcomes: readonly Outcome[]): readonly Entry[] {
  const routeKeys = new Map(events.flatMap((one) => ("event" in one ? [[one.name, one.event.routeKey]] : [])));
  return outcomes.flatMap(({ name, sent, status, functionRan, note }): readonly Entry[] => {
    if (sent === "no") return [];
    const route = subject.routes.find((candidate) => candidate.route.routeKey === routeKeys.get(name))?.route;
    const by = functionRan === true ? "by the function" : "before the function";
    const access = {
      outcome: status === undefined ? (note ?? "no answer") : `${status} ${by}`,
      through: status !== undefined && status < 400,
      ...(route === undefined ? {} : { decider: deciderOf(subject, route) }),
    };
    return [[`the recorded event "${name}"`, access]];
  });
}

/** What the suite finds: an attack that breaches gets through. */
function attackAccess({ model }: Subject, results: readonly CheckResult[]): readonly Entry[] {
  const entries = results.flatMap(({ check, trials }) =>
    trials.map(({ attack, verdict, evidence, resource }): Entry => {
      const decider = resource === undefined ? {} : { decider: namedDecider(model, resource) };
      const through = verdict === "breached";
      return [`${check.id}, ${attack}`, { outcome: through ? evidence : "held", through, ...decider }];
    }),
  );
  // Several trials may have one name: any that gets through counts.
  const byName = Map.groupBy(entries, ([name]) => name);
  return [...byName].map(([name, all]) => [name, (all.find(([, { through }]) => through) ?? all[0])?.[1] ?? HELD]);
}

const HELD: Access = { outcome: "held", through: false };
