import { type CursorScope, readCursor } from "./cursor";
import { textAt } from "./http-event";
import { badRequest, type FieldError } from "./http-response";
import type { Read } from "./json-body";

export interface PageRequest {
  readonly limit: number;
  /** The sort key after which the page starts. */
  readonly after?: string;
}

const defaultLimit = 25;
const greatestLimit = 100;

/**
 * Reads `limit` and `cursor`. A repeated parameter arrives joined by a comma (`1,2`) and so is refused like any other
 * text; a parameter with another name is not read, whatever it says.
 */
export function readPageRequest(event: unknown, scope: CursorScope): Read<PageRequest> {
  const limitText = textAt(event, "queryStringParameters", "limit");
  const cursor = textAt(event, "queryStringParameters", "cursor");
  const limit = limitText === undefined ? defaultLimit : readLimit(limitText);
  const after = cursor === undefined ? undefined : readCursor(scope, cursor);

  const errors: FieldError[] = [];
  if (limit === undefined)
    errors.push({ field: "limit", message: `must be a whole number from 1 to ${greatestLimit}` });
  if (cursor !== undefined && after === undefined) {
    errors.push({ field: "cursor", message: "must be the nextCursor of your own list, unchanged" });
  }
  if (limit === undefined || errors.length > 0) return { refusal: badRequest("The query is not valid.", errors) };
  return { value: after === undefined ? { limit } : { limit, after } };
}

function readLimit(text: string): number | undefined {
  if (!/^[1-9]\d{0,2}$/.test(text)) return undefined;
  const limit = Number(text);
  return limit <= greatestLimit ? limit : undefined;
}
