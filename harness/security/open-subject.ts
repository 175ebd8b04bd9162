import { systemClock } from "../clock.ts";
import { readModel } from "../model.ts";
import { evaluateProgram } from "../pulumi/evaluate.ts";
import { openTarget } from "../targets/open-target.ts";
import { type LocalSubject, startLocalSubject } from "./local-run.ts";
import type { SecurityProfile } from "./profile.ts";
import type { SecurityOptions } from "./security-options.ts";
import { targetSubject } from "./target-subject.ts";

/** What `--target` names, together with the program that it is said to run.
 * @throws HarnessError when the program is not served, or the target cannot be opened. */
export async function openSubject(
  name: string,
  options: SecurityOptions,
  profile: SecurityProfile | undefined,
): Promise<LocalSubject> {
  const { programDirectory, configuration, stack, seed, isolation, retiredRuntimes } = options;
  const program = { programDirectory, configuration, ...(stack === undefined ? {} : { stack }) };
  if (name === "local") return startLocalSubject({ ...program, isolation, retiredRuntimes, profile, seed });
  const model = readModel(await evaluateProgram(program), systemClock, { retiredRuntimes });
  const target = await openTarget({ ...options, target: name, program });
  const subject = targetSubject({ target, model, profile, seed, fetch: globalThis.fetch });
  return { ...subject, close: () => target.close() };
}
