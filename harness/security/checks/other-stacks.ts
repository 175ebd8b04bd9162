import { type Check, isNotRun, notApplicable, type Trial } from "../check.ts";
import type { OtherStack, Subject } from "../subject.ts";

/** A program decides by its stack's settings: what holds for the stack that is attacked need not hold for production.
 * @param claims those that follow from resources alone. */
export function otherStacks(claims: readonly Check[]): Check {
  return {
    id: "configuration.other-stacks",
    title: "What is configured safely here is so in the program's other stacks",
    threat: { cwe: ["CWE-1188", "CWE-284"], owasp: ["API8:2023"], asvs: ["V13"] },
    sends: "Nothing: each other stack that the program has a file for is evaluated, and its resources are looked at.",
    holds: "Every claim that follows from resources alone and holds for this stack holds for each of them.",
    async run(subject) {
      const others = (await subject.otherStacks?.()) ?? [];
      if (others.length === 0) return notApplicable("the program has no other stack");
      // What is wrong here too is found here, by the claim itself.
      const sound = await held(subject, claims);
      return (await Promise.all(others.map((other) => stackTrials(subject, other, sound)))).flat();
    },
  };
}

async function held(subject: Subject, claims: readonly Check[]): Promise<readonly Check[]> {
  const judged = await Promise.all(claims.map(async (claim) => ({ claim, outcome: await claim.run(subject) })));
  return judged
    .filter(({ outcome }) => isNotRun(outcome) || outcome.every(({ verdict }) => verdict !== "breached"))
    .map(({ claim }) => claim);
}

async function stackTrials(
  subject: Subject,
  { stack, read }: OtherStack,
  claims: readonly Check[],
): Promise<readonly Trial[]> {
  if ("refused" in read) return [{ attack: `the stack ${stack}`, verdict: "not-shown", evidence: read.refused }];
  const breaches: Trial[] = [];
  for (const { id, run } of claims) {
    const outcome = await run({ ...subject, model: read });
    if (isNotRun(outcome)) continue;
    for (const trial of outcome)
      if (trial.verdict === "breached") breaches.push({ ...trial, attack: `${stack}, ${id}: ${trial.attack}` });
  }
  if (breaches.length > 0) return breaches;
  return [
    { attack: `the stack ${stack}`, verdict: "held", evidence: `${claims.length} claims hold for its resources` },
  ];
}
