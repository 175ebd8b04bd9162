import { describe, expect, test } from "vitest";
import { canonicalRequest, headerValues, sha256Hex } from "../../harness/iam/canonical-request.ts";

function canonical(target: string, headers: readonly (readonly [string, string])[] = [], signedHeaders: string[] = []) {
  const request = { method: "GET", target, headers, body: Buffer.alloc(0) } as never;
  return canonicalRequest({
    method: "GET",
    target,
    headers: headerValues(request),
    signedHeaders,
    payloadHash: "hash",
  });
}

const lines = (target: string) => canonical(target)?.split("\n");

describe("a canonical request", () => {
  test("has six parts", () => {
    const headers = [
      ["Host", "example.com"],
      ["X-Amz-Date", "20260304T050607Z"],
      ["Accept", "*/*"],
    ] as const;
    expect(canonical("/a?b=c", headers, ["host", "x-amz-date"])).toBe(
      "GET\n/a\nb=c\nhost:example.com\nx-amz-date:20260304T050607Z\n\nhost;x-amz-date\nhash",
    );
  });

  test.each([
    ["/", "/"],
    ["//", "/"],
    ["/.", "/"],
    ["/./", "/"],
    ["/a/..", "/"],
    ["/a/../", "/"],
    ["/a/b/..", "/a"],
    ["/a/b/../", "/a/"],
    ["/../../a", "/a"],
    ["/a/./b", "/a/b"],
    ["/./a", "/a"],
    ["//a//b//", "/a/b/"],
    ["/a/", "/a/"],
    ["/...", "/..."],
    ["/a b", "/a%20b"],
    ["/%20", "/%2520"],
    ["/-._~0Az", "/-._~0Az"],
    ["/!'()*", "/%21%27%28%29%2A"],
    ["/ü", "/%C3%BC"],
    ["/\ud800", "/%EF%BF%BD"],
  ])("has of the path %j the text %j", (path, expected) => {
    expect(lines(path)?.[1]).toBe(expected);
    expect(lines(path)?.[2]).toBe("");
  });

  test.each([
    ["", ""],
    ["b=2&a=1", "a=1&b=2"],
    ["a=2&a=1", "a=1&a=2"],
    ["a=1&a=1", "a=1&a=1"],
    ["a=b&A=c", "A=c&a=b"],
    ["c=1&a=3&b=2", "a=3&b=2&c=1"],
    ["a", "a="],
    ["a=", "a="],
    ["=", "="],
    ["a=b=c", "a=b%3Dc"],
    ["a=b?c", "a=b%3Fc"],
    ["a=%20+", "a=%20%2B"],
    ["%61=%7e", "a=~"],
    ["a=%C3%BC", "a=%C3%BC"],
    ["a-=1&a=2", "a=2&a-=1"],
  ])("has of the query %j the text %j", (query, expected) => {
    expect(lines(`/?${query}`)?.[2]).toBe(expected);
  });

  test.each(["", "a", "?a=b", "*", "/?%", "/?a=%zz", "/?%zz=a", "/?a=b&%"])("is none for the target %j", (target) => {
    expect(canonical(target)).toBeUndefined();
  });

  test.each<[string, string[], string]>([
    ["no space at its ends", ["  a  "], "a"],
    ["no tab at its ends", ["\ta\t"], "a"],
    ["one space for a run of them", ["a   b \t c"], "a b c"],
    ["one space for a tab", ["a\tb"], "a b"],
    ["one comma between its values", ["a", " b ", "c"], "a,b,c"],
    ["nothing for spaces alone", ["   "], ""],
    ["nothing for one space", [" "], ""],
    ["a space at neither end, where only one has it", [" a", "b "], "a,b"],
    ["other white space as it is", ["\u00a0a\u00a0"], "\u00a0a\u00a0"],
    ["the case of its letters", ["AbC"], "AbC"],
  ])("has of a header's value %s", (_name, values, expected) => {
    const headers = values.map((value) => ["X-Value", value] as const);
    expect(canonical("/", headers, ["x-value"])).toBe(`GET\n/\n\nx-value:${expected}\n\nx-value\nhash`);
  });

  test("has the empty text for a header that is not there", () => {
    expect(canonical("/", [], ["host"])).toBe("GET\n/\n\nhost:\n\nhost\nhash");
  });

  test("hashes to hexadecimal digits", () => {
    expect(sha256Hex("")).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  });
});
