import type { Decision } from "./decision-types.ts";

const MOST_STATEMENTS = 10;

export interface ExplanationOptions {
  /** What to say when no statement was there to be considered. */
  readonly nothing: string;
  /** Whether to say what was compared: it may quote keys of items. */
  readonly values: boolean;
}

/** A decision in words, for the journal: the statements that decided, or why each one considered did not apply. */
export function explainDecision(decision: Decision, { nothing, values }: ExplanationOptions): string {
  if (decision.kind === "Allowed") return `allowed by ${decision.deciding.join(", ")}`;
  if (decision.kind === "ExplicitlyDenied") return `denied by ${decision.deciding.join(", ")}`;
  const statements = decision.explain().map(({ statement, mismatch, detail }) => {
    const element = mismatch === undefined ? "applies" : `${mismatch} does not match`;
    return `${statement}: ${element}${values && detail !== undefined ? ` (${detail})` : ""}`;
  });
  return statements.length === 0 ? nothing : statements.slice(0, MOST_STATEMENTS).join("; ");
}
