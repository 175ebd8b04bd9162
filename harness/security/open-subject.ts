import { systemClock } from "../clock.ts";
import { HarnessError } from "../errors.ts";
import { type Model, readModel } from "../model.ts";
import { evaluateProgram, stackNames } from "../pulumi/evaluate.ts";
import { openTarget } from "../targets/open-target.ts";
import { isShown, type Target } from "../targets/target.ts";
import { type LocalSubject, startLocalSubject } from "./local-run.ts";
import { type MadeThings, rememberMade } from "./made-things.ts";
import type { SecurityProfile } from "./profile.ts";
import { programOf, type SecurityOptions } from "./security-options.ts";
import type { OtherStack } from "./subject.ts";
import { targetSubject } from "./target-subject.ts";

export interface Opening {
  readonly options: SecurityOptions;
  readonly profile: SecurityProfile | undefined;
  /** What the reader of a report should know of how it came about. */
  readonly warn: (line: string) => void;
}

/** What `--target` names, together with the program that it is said to run.
 * @throws HarnessError when the program is not served, or the target cannot be opened or reached. */
export async function openSubject(name: string, { options, profile, warn }: Opening): Promise<LocalSubject> {
  const { seed, isolation, retiredRuntimes } = options;
  const program = programOf(options);
  if (name === "local") {
    const local = await startLocalSubject({ ...program, isolation, retiredRuntimes, profile, seed, onStartLine: warn });
    return { ...local, otherStacks: () => readOtherStacks(local.model, options) };
  }
  const model = readModel(await evaluateProgram({ ...program, onOutput: warn }), systemClock, { retiredRuntimes });
  const opened = await openTarget({ ...options, target: name, program });
  try {
    const target = await reachable(opened, options);
    const made = rememberMade(target, profile);
    const subject = targetSubject({ target: made.target, model, profile, seed, fetch: globalThis.fetch });
    const otherStacks = () => readOtherStacks(model, options);
    return { ...subject, otherStacks, close: () => closeRemote(target, made, warn) };
  } catch (error) {
    await opened.close();
    throw error;
  }
}

/** One after the other: each is a process. */
async function readOtherStacks({ program }: Model, options: SecurityOptions): Promise<readonly OtherStack[]> {
  const others: OtherStack[] = [];
  for (const stack of await stackNames(options.programDirectory)) {
    if (stack === program.deployment.stack) continue;
    others.push({ stack, read: await readStack(stack, options) });
  }
  return others;
}

async function readStack(stack: string, options: SecurityOptions): Promise<OtherStack["read"]> {
  // What the command line configures is for the stack that it names.
  const program = { ...programOf(options), configuration: {}, stack };
  try {
    return readModel(await evaluateProgram(program), systemClock, options);
  } catch (error) {
    if (error instanceof HarnessError) return { refused: error.message };
    throw error;
  }
}

/** People are removed even where things are not. */
async function closeRemote(target: Target, made: MadeThings, warn: Opening["warn"]): Promise<void> {
  try {
    for (const left of await made.remove()) warn(left);
  } finally {
    await target.close();
  }
}

/** The target, tried once: an API or a pool that is out of reach would break each attack alike, and say nothing of its
 * security. Tables that cannot be read are not shown.
 * @throws HarnessError TARGET_UNREACHABLE saying what does not answer, or is refused, and what would help. */
async function reachable(target: Target, options: SecurityOptions): Promise<Target> {
  if (isShown(target.send)) await target.send({ method: "GET", target: "/" });
  if (!isShown(target.mintToken)) await signInBoth(target, options);
  const unreadable = await unreadableTable(target);
  return unreadable === undefined ? target : { ...target, rawItems: { notShown: unreadable } };
}

async function signInBoth(target: Target, { usersFile }: SecurityOptions): Promise<void> {
  const [first = "first", second = "second"] = target.givenNames ?? [];
  try {
    if (isShown(target.signIn)) await target.signIn(first);
    if (isShown(target.signInSecond)) await target.signInSecond(second);
  } catch (error) {
    if (!(error instanceof HarnessError)) throw error;
    const remedy =
      usersFile === undefined
        ? "Name two users with --users, or set credentials that may make users in the pool."
        : `Name users of the pool in ${usersFile}.`;
    throw new HarnessError(error.code, `${error.message} ${remedy}`, { cause: error });
  }
}

async function unreadableTable({ tableNames, rawItems }: Target): Promise<string | undefined> {
  if (!isShown(tableNames) || !isShown(rawItems)) return undefined;
  try {
    for (const name of await tableNames()) await rawItems(name);
    return undefined;
  } catch (error) {
    if (error instanceof HarnessError) return error.message;
    throw error;
  }
}
