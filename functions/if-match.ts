import { textAt } from "./http-event";
import { badRequest } from "./http-response";
import type { Read } from "./json-body";
import type { Item } from "./todo";

/** The versions that a change may be made to; `"any"` when the request has no condition, or `*`. */
export type Precondition = "any" | readonly number[];

/** DynamoDB compares with at most 100 values in one `IN`. */
const greatestListLength = 100;

const entityTags = /^[ \t,]*(?:W\/)?"[^"\s]*"(?:[ \t]*,[ \t,]*(?:W\/)?"[^"\s]*")*[ \t,]*$/;

/**
 * Reads `If-Match` as RFC 9110, section 13.1.1 has it: `*`, or a list of entity tags, compared strongly, so a weak tag
 * (`W/"3"`) and a tag that was never ours match nothing. Text that is not such a list is 400: taking it for "no
 * condition" would overwrite what the client meant to protect.
 */
export function readIfMatch(event: unknown): Read<Precondition> {
  const header = textAt(event, "headers", "if-match")?.trim();
  if (header === undefined || header === "*") return { value: "any" };
  if (!entityTags.test(header)) return refused("must be * or a list of entity tags");
  const tags = header.match(/(?:W\/)?"[^"]*"/g) ?? [];
  const versions = new Set(tags.flatMap((tag) => /^"([1-9]\d{0,14})"$/.exec(tag)?.[1] ?? []).map(Number));
  if (versions.size > greatestListLength) return refused(`must have at most ${greatestListLength} entity tags`);
  return { value: [...versions] };
}

function refused(problem: string): Read<Precondition> {
  return { refusal: badRequest("The If-Match header is not valid.", [{ field: "If-Match", message: problem }]) };
}

export interface Condition {
  readonly expression: string;
  readonly names: Record<string, string>;
  readonly values: Item;
}

/**
 * The todo exists and, where versions are asked for, has one of them. Without `attribute_exists` an UpdateItem would
 * create what it does not find. No todo has version 0: it stands for a list in which nothing can match.
 */
export function existsCondition(precondition: Precondition): Condition {
  const exists = "attribute_exists(#todoId)";
  if (precondition === "any") return { expression: exists, names: { "#todoId": "todoId" }, values: {} };
  const wanted = (precondition.length > 0 ? precondition : [0]).map((version, index) => ({
    placeholder: `:match${index}`,
    value: version,
  }));
  return {
    expression: `${exists} AND #version IN (${wanted.map(({ placeholder }) => placeholder).join(", ")})`,
    names: { "#todoId": "todoId", "#version": "version" },
    values: Object.fromEntries(wanted.map(({ placeholder, value }) => [placeholder, value])),
  };
}
