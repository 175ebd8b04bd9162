import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { isTodoId } from "../../functions/todo.ts";
import { uuidV7Source } from "../../functions/uuid-v7.ts";

const latest = 2 ** 48 - 1;

test("RFC 9562's example, appendix A.6", () => {
  const bytes = [Buffer.from("0cc3", "hex"), Buffer.from("18c4dc0c0c07398f", "hex")];
  const next = uuidV7Source(
    () => 0x017f22e279b0,
    (size) => bytes.find(({ length }) => length === size) ?? Buffer.alloc(size),
  );
  // The counter's topmost bit starts as zero: 0xcc3 of the example becomes 0x4c3.
  expect(next()).toBe("017f22e2-79b0-74c3-98c4-dc0c0c07398f");
});

test("ids grow whatever the clock does, and carry its time", () => {
  const times = fc.array(fc.integer({ min: 1, max: latest - 1_000 }), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(times, (clock) => {
      let at = 0;
      const next = uuidV7Source(
        () => clock[at++] ?? 0,
        (size) => randomBytes(size),
      );
      const ids = clock.map(() => next());
      expect(ids.every(isTodoId)).toBe(true);
      expect(new Set(ids).size).toBe(ids.length);
      expect(ids).toEqual([...ids].sort());
      const time = Number.parseInt(ids[0]?.replace("-", "").slice(0, 12) ?? "", 16);
      expect(time).toBe(clock[0]);
    }),
    { numRuns: 100 },
  );
});

test("ten thousand ids of one millisecond are in order", () => {
  const next = uuidV7Source(
    () => 1_700_000_000_000,
    (size) => randomBytes(size),
  );
  const ids = Array.from({ length: 10_000 }, next);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toEqual([...ids].sort());
});
