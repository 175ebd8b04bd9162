import fc from "fast-check";
import { expect, test } from "vitest";
import { originProblems } from "../../stack/allowed-origins.ts";

test.each([
  [["https://app.example.com"]],
  [["https://app.example.com", "https://example.com:8443"]],
  [["http://localhost:5173", "http://127.0.0.1", "http://[::1]:3000"]],
])("%j is a list of origins", (origins) => {
  expect(originProblems(origins)).toEqual([]);
});

const refused: readonly (readonly [unknown, RegExp])[] = [
  ["https://app.example.com", /not a list/],
  ["https://a.example,https://b.example", /not a list/],
  [{ 0: "https://app.example.com" }, /not a list/],
  [null, /not a list/],
  [[], /empty/],
  [[""], /not an origin/],
  [[null], /not an origin/],
  [[["https://app.example.com"]], /not an origin/],
  [["*"], /star/],
  [["https://*"], /star/],
  [["https://*.example.com"], /star/],
  [["null"], /not an origin/],
  [["app.example.com"], /not an origin/],
  [["ftp://app.example.com"], /not an origin/],
  [["chrome-extension://abc"], /not an origin/],
  [["javascript:alert(1)"], /not an origin/],
  [["https://app.example.com/"], /write it as https:\/\/app\.example\.com$/],
  [["https://app.example.com/path"], /write it as https:\/\/app\.example\.com$/],
  [["https://app.example.com?x"], /write it as/],
  [["https://app.example.com:443"], /write it as/],
  [["https://App.Example.com"], /write it as https:\/\/app\.example\.com$/],
  [["https://user:word@app.example.com"], /write it as/],
  [[" https://app.example.com"], /write it as/],
  [["https://a.example,https://b.example"], /origin/],
  [["http://app.example.com"], /not encrypted/],
  [["http://localhost.example.com"], /not encrypted/],
  [["https://a.example", "https://a.example"], /twice/],
];

test.each(refused)("%j is refused", (origins, problem) => {
  const problems = originProblems(origins);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatch(problem);
});

test("each bad origin is named", () => {
  expect(originProblems(["*", "https://a.example", "https://b.example/"])).toHaveLength(2);
});

test("what is accepted is what a browser sends", () => {
  fc.assert(
    fc.property(fc.oneof(fc.webUrl(), fc.string()), (text) => {
      if (originProblems([text]).length === 0) expect(new URL(text).origin).toBe(text);
    }),
    { numRuns: 200 },
  );
});
