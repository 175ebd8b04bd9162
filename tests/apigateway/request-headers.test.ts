import { expect, test } from "vitest";
import { requestHeader } from "../../harness/apigateway/request-headers.ts";
import type { HeaderList } from "../../harness/http.ts";

test.each<[string, HeaderList, string | undefined]>([
  ["none", [], undefined],
  ["another of the same length", [["accept-ranges", "a"]], undefined],
  ["a longer one that ends alike", [["x-authorization", "a"]], undefined],
  ["one", [["authorization", "a"]], "a"],
  ["one in capitals", [["AUTHORIZATION", "a"]], "a"],
  [
    "one among others",
    [
      ["accept-ranges", "x"],
      ["Authorization", "a"],
      ["host", "y"],
    ],
    "a",
  ],
  [
    "two",
    [
      ["authorization", "a"],
      ["Authorization", "b, c"],
    ],
    "a,b, c",
  ],
  ["an empty one", [["authorization", ""]], ""],
  [
    "an empty one and another",
    [
      ["authorization", ""],
      ["authorization", "a"],
    ],
    ",a",
  ],
])("of the headers with this name: %s", (_, headers, expected) => {
  expect(requestHeader(headers, "authorization")).toBe(expected);
});
