import { capture, type Replayed } from "./replay.ts";
import { HTTP_CASES } from "./sections/index.ts";

/** Differ from answer to answer, or belong to the connection: a case pins none of them. */
const UNPINNED: ReadonlySet<string> = new Set([
  "date",
  "connection",
  "keep-alive",
  "apigw-requestid",
  "content-length",
]);

/** What the target answered to the cases of rows that are unknown or disputed, as the members that a case has: pasted over
 * those of the case they settle it. Tokens and secrets are taken out. */
export function openAnswers(replayed: readonly Replayed[], secrets: readonly string[]): readonly string[] {
  const open = new Set(
    HTTP_CASES.filter(({ row }) => row.confidence.some((each) => each === "U" || each === "conflict")).map(
      ({ id }) => id,
    ),
  );
  return capture(replayed, secrets).flatMap(({ id, status, headers, body, differences }) => {
    if (!open.has(id)) return [];
    const pinned = headers.filter(([name]) => !UNPINNED.has(name));
    const verdict = differences === undefined ? "as here" : "not as here";
    return [
      `// ${id}: ${verdict}`,
      `status: ${status},`,
      `header: ${JSON.stringify(Object.fromEntries(pinned))},`,
      `reply: ${JSON.stringify(body)},`,
      "",
    ];
  });
}
