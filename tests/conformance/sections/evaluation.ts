import type { Row } from "../support/case.ts";

/** What the evaluation of a program has in common with `pulumi up`, and what not. Cases are tests of the evaluation,
 * named by `tested`. */
export const evaluationRows: readonly Row[] = [];
