import { describe, expect, test } from "vitest";
import type { CorsConfiguration } from "../../harness/apigateway/cors-configuration.ts";
import { hiddenAnswer, preflightVerdict } from "../../harness/apigateway/cors-verdict.ts";
import type { HeaderList } from "../../harness/http.ts";

const cors: CorsConfiguration = {
  allowOrigins: ["http://localhost:5173"],
  allowMethods: ["GET", "PUT"],
  allowHeaders: ["Authorization", "content-type"],
  exposeHeaders: [],
  allowCredentials: false,
};

interface Asked {
  readonly origin?: string;
  readonly method?: string;
  readonly headers?: string;
}

function headersOf({ origin = "http://localhost:5173", method = "PUT", headers }: Asked): HeaderList {
  const asked: HeaderList = headers === undefined ? [] : [["Access-Control-Request-Headers", headers]];
  return [["Origin", origin], ["Access-Control-Request-Method", method], ...asked];
}

describe("a preflight", () => {
  test.each<[string, Asked, Partial<CorsConfiguration>]>([
    ["of a listed origin, method and headers in any case", { headers: "authorization, Content-Type" }, {}],
    ["for a method that needs no permission", { method: "POST" }, {}],
    [
      "under stars",
      { origin: "http://a", method: "DELETE", headers: "x" },
      { allowOrigins: ["*"], allowMethods: ["*"], allowHeaders: ["*"] },
    ],
  ])("%s lets the browser send the request", (_what, asked, more) => {
    const verdict = preflightVerdict({ ...cors, ...more }, headersOf(asked), "/todos");
    expect(verdict).toMatchObject({
      allowed: true,
      reason: expect.stringMatching(/ \/todos.*: the browser will send it$/),
    });
  });

  test.each<[string, Asked, string]>([
    [
      "another port",
      { origin: "http://localhost:5174" },
      "origin http://localhost:5174 is not in allowOrigins [http://localhost:5173]",
    ],
    [
      "another host",
      { origin: "http://127.0.0.1:5173" },
      "origin http://127.0.0.1:5173 is not in allowOrigins [http://localhost:5173]",
    ],
    ["another method", { method: "PATCH" }, "method PATCH is not in allowMethods [GET, PUT]"],
    ["a method in small letters", { method: "put" }, "method put is not in allowMethods [GET, PUT]"],
    [
      "another header",
      { headers: "content-type,x-custom" },
      "header x-custom is not in allowHeaders [Authorization, content-type]",
    ],
    [
      "several faults: the first",
      { origin: "null", method: "PATCH" },
      "origin null is not in allowOrigins [http://localhost:5173]",
    ],
  ])("from %s does not, and the first mismatch is named", (_what, asked, mismatch) => {
    const { allowed, reason } = preflightVerdict(cors, headersOf(asked), "/todos");
    expect(allowed).toBe(false);
    expect(reason.endsWith(`: the browser will not send it, as ${mismatch}`)).toBe(true);
  });

  test("says what was asked for", () => {
    const { reason } = preflightVerdict(cors, headersOf({ headers: "x-b, X-A" }), "/todos/1");
    expect(reason).toMatch(/^http:\/\/localhost:5173 asks for PUT \/todos\/1 with x-b, x-a: /);
  });

  test("a star does not stand for authorization", () => {
    const star = { ...cors, allowHeaders: ["*"] };
    const { reason } = preflightVerdict(star, headersOf({ headers: "authorization" }), "/");
    expect(reason).toContain("header authorization is not in allowHeaders [*]");
  });

  test("text from outside stays on its line and short", () => {
    const { reason } = preflightVerdict(cors, headersOf({ origin: `\u001b[31m\n${"x".repeat(9_000)}` }), "/");
    expect(reason).toMatch(/^[\x20-\x7e…]{1,600}$/);
  });
});

describe("an answer", () => {
  test("to a page of another origin is hidden by the browser", () => {
    expect(hiddenAnswer(cors, [["Origin", "http://localhost:5174"]])).toBe(
      "the browser hides the answer from the page, as origin http://localhost:5174 is not in allowOrigins [http://localhost:5173]",
    );
  });

  test.each<[string, CorsConfiguration | undefined, HeaderList]>([
    ["a listed origin", cors, [["Origin", "http://localhost:5173"]]],
    ["no page", cors, []],
    ["an API that leaves CORS to its functions", undefined, [["Origin", "http://localhost:5174"]]],
  ])("to %s is not", (_what, configuration, headers) => {
    expect(hiddenAnswer(configuration, headers)).toBeUndefined();
  });
});
