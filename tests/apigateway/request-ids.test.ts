import { expect, test } from "vitest";
import { requestIds } from "../../harness/apigateway/request-ids.ts";

/** Bytes that count up, so that every draw shows where it was taken from. */
function counting() {
  const asked: number[] = [];
  let next = 0;
  const randomBytes = (size: number) => {
    asked.push(size);
    return Buffer.from(Array.from({ length: size }, () => next++ % 256));
  };
  return { asked, ids: requestIds(randomBytes) };
}

const bytes = (from: number, count: number) => Buffer.from(Array.from({ length: count }, (_, i) => (from + i) % 256));

test("an id takes bytes that no other has taken", () => {
  const { ids } = counting();
  expect(ids.requestId()).toBe(`${bytes(0, 11).toString("base64url")}=`);
  expect(ids.traceId(1_744_668_856_999)).toBe(`Root=1-67fd88b8-${bytes(11, 12).toString("hex")}`);
  expect(ids.requestId()).toBe(`${bytes(23, 11).toString("base64url")}=`);
  expect(ids.traceId(1_000)).toBe(`Root=1-00000001-${bytes(34, 12).toString("hex")}`);
});

test("randomness is drawn for 128 requests at once, and used to the last byte", () => {
  const { asked, ids } = counting();
  for (let request = 0; request < 128; request += 1) {
    ids.requestId();
    ids.traceId(0);
  }
  expect(asked).toEqual([2_944]);
  expect(ids.requestId()).toBe(`${bytes(2_944, 11).toString("base64url")}=`);
  expect(asked).toEqual([2_944, 2_944]);
});
