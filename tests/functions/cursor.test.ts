import fc from "fast-check";
import { expect, test } from "vitest";
import { readCursor, writeCursor } from "../../functions/cursor.ts";

const text = fc.string({ minLength: 1, maxLength: 60 });
const scope = fc.record({ userId: text, tableName: text });

test("a cursor gives its sort key back to the same user in the same table, and to nobody else", () => {
  fc.assert(
    fc.property(scope, scope, text, (own, other, todoId) => {
      const cursor = writeCursor(own, todoId);
      expect(cursor).toMatch(/^[\w-]+$/);
      expect(readCursor(own, cursor)).toBe(todoId);
      if (own.userId !== other.userId) expect(readCursor({ ...own, userId: other.userId }, cursor)).toBeUndefined();
      if (own.tableName !== other.tableName) {
        expect(readCursor({ ...own, tableName: other.tableName }, cursor)).toBeUndefined();
      }
    }),
    { numRuns: 200 },
  );
});

test("the border between user and table cannot be moved", () => {
  const cursor = writeCursor({ userId: 'a","b', tableName: "c" }, "1");
  expect(readCursor({ userId: "b", tableName: 'c","a' }, cursor)).toBeUndefined();
  expect(
    readCursor({ userId: "a", tableName: "bc" }, writeCursor({ userId: "ab", tableName: "c" }, "1")),
  ).toBeUndefined();
});

test("no other text is a cursor", () => {
  const own = { userId: "ana", tableName: "todos" };
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.base64String()), (cursor) => {
      expect(readCursor(own, cursor)).toBeUndefined();
    }),
    { numRuns: 300 },
  );
});
