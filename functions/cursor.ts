import { createHmac, timingSafeEqual } from "node:crypto";

/** Whose list, in which table. */
export interface CursorScope {
  readonly userId: string;
  readonly tableName: string;
}

const tagBytes = 16;

/** A sort key has at most 1,024 bytes, so a longer cursor is none of ours. */
const cursorCharacters = Math.ceil(((tagBytes + 1024) * 4) / 3);

/**
 * Where the next page of a list starts: a tag and the sort key of the last todo on this page. No user id is in it, as
 * the start key's partition is always the caller's own.
 *
 * The tag is an HMAC keyed with the caller's `sub` and the table's physical name. That needs no secret to create, rotate
 * and hand to every function, and is enough: another user's cursor carries a tag made with another key; a changed one
 * does not fit its tag; and a caller who somehow made a tag would have gained a place in the own list, which any
 * `limit` reaches anyway. The tag does not give the `sub` away: it has 122 random bits that nobody can try out.
 */
export function writeCursor(scope: CursorScope, todoId: string): string {
  return Buffer.concat([tag(scope, todoId), Buffer.from(todoId)]).toString("base64url");
}

/**
 * The sort key in a cursor that `writeCursor` made for this scope, else `undefined`. The whole text is made again and
 * compared, because base64 lets several texts stand for the same bytes.
 */
export function readCursor(scope: CursorScope, cursor: string): string | undefined {
  if (cursor.length > cursorCharacters) return undefined;
  const todoId = Buffer.from(cursor, "base64url").subarray(tagBytes).toString();
  const given = Buffer.from(cursor);
  const expected = Buffer.from(writeCursor(scope, todoId));
  return given.length === expected.length && timingSafeEqual(given, expected) ? todoId : undefined;
}

function tag(scope: CursorScope, todoId: string): Buffer {
  const key = JSON.stringify(["todo list cursor", scope.tableName, scope.userId]);
  return createHmac("sha256", key).update(todoId).digest().subarray(0, tagBytes);
}
