import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mapResponse, mapResponseFormat1 } from "../../harness/apigateway/response.ts";
import type { HeaderList } from "../../harness/http.ts";

const JSON_HEADERS: HeaderList = [["content-type", "application/json"]];
const TEXT_HEADERS: HeaderList = [["content-type", "text/plain; charset=utf-8"]];

function response(payload: string) {
  const mapped = mapResponse(payload);
  return mapped.kind === "fault"
    ? "fault"
    : [mapped.response.status, mapped.response.headers, mapped.response.body.toString()];
}

describe("inference: what has no statusCode is the body", () => {
  test.each([
    ['{"name": "John Doe", "age": 30}', '{"name": "John Doe", "age": 30}'],
    ['{"body":"x","headers":{"a":"b"}}', '{"body":"x","headers":{"a":"b"}}'],
    ['"Hello"', "Hello"],
    ['"a\\n\\u00e9"', "a\né"],
    ['""', ""],
    ["42", "42"],
    ["true", "true"],
    ["[1, 2, 3, 4, 5]", "[1, 2, 3, 4, 5]"],
    ['[{"statusCode":404}]', '[{"statusCode":404}]'],
    ["null", "null"],
    ['{"name": "John', '{"name": "John'],
    ["", ""],
    ['{"__proto__":{"statusCode":404}}', '{"__proto__":{"statusCode":404}}'],
  ])("%s", (payload, body) => {
    expect(response(payload)).toEqual([200, body === "" ? [] : JSON_HEADERS, body]);
  });

  test.each(['{"errorMessage":"x"}', '{"errorMessage":null,"errorType":"Error","trace":[]}'])(
    "but %s is a function's error",
    (payload) => expect(response(payload)).toBe("fault"),
  );

  test.each(['"errorMessage"', '[{"errorMessage":"x"}]', '{"__proto__":{"errorMessage":"x"}}'])(
    "%s is none",
    (payload) => {
      expect(response(payload)).toEqual([200, JSON_HEADERS, expect.any(String)]);
    },
  );
});

describe("structured responses", () => {
  test.each([
    [{ statusCode: 200 }, [200, [], ""]],
    [{ statusCode: 201, body: "x" }, [201, TEXT_HEADERS, "x"]],
    [{ statusCode: "404", body: "x" }, [404, TEXT_HEADERS, "x"]],
    [{ statusCode: 200, body: null, headers: null, cookies: null }, [200, [], ""]],
    [{ statusCode: 200, body: "aGk=", isBase64Encoded: true }, [200, TEXT_HEADERS, "hi"]],
    [{ statusCode: 200, body: "aGk=", isBase64Encoded: false }, [200, TEXT_HEADERS, "aGk="]],
    [{ statusCode: 204, body: "x" }, [204, [], ""]],
    [{ statusCode: 205, body: "x" }, [205, [], ""]],
    [{ statusCode: 304, body: "x" }, [304, [], ""]],
    [{ statusCode: 599, body: "x" }, [599, TEXT_HEADERS, "x"]],
    [{ statusCode: 200, body: "", isBase64Encoded: true }, [200, [], ""]],
    [{ statusCode: 200, body: "***", isBase64Encoded: "true" }, [200, TEXT_HEADERS, "***"]],
    [{ statusCode: 200, headers: { a: "\t ~" } }, [200, [["a", "\t ~"]], ""]],
    [{ statusCode: 200, multiValueHeaders: { a: ["b"] } }, [200, [], ""]],
    [
      { statusCode: 200, headers: { "Content-Type": "text/html", "X-A": "b", n: 1, t: true } },
      [
        200,
        [
          ["Content-Type", "text/html"],
          ["X-A", "b"],
          ["n", "1"],
          ["t", "true"],
        ],
        "",
      ],
    ],
    [
      { statusCode: 200, cookies: ["a=1", "b=2"], headers: { "set-cookie": "c=3" } },
      [
        200,
        [
          ["set-cookie", "a=1"],
          ["set-cookie", "b=2"],
          ["set-cookie", "c=3"],
        ],
        "",
      ],
    ],
    [
      {
        statusCode: 200,
        headers: {
          "Content-Length": "99",
          "Transfer-Encoding": "chunked",
          Connection: "close",
          "apigw-requestid": "x",
        },
      },
      [200, [], ""],
    ],
    [{ statusCode: 200, headers: { a: "é" } }, [200, [["a", "Ã©"]], ""]],
    [{ statusCode: 200, headers: { a: "é\t✓" } }, [200, [["a", "Ã©\tâ\x9c\x93"]], ""]],
  ])("%j", (output, expected) => {
    expect(response(JSON.stringify(output))).toEqual(expected);
  });
});

describe("outputs that AWS answers with 500, or that could split a response", () => {
  const odd = [
    0,
    200.5,
    99,
    100,
    101,
    199,
    600,
    -200,
    1e9,
    "",
    "abc",
    "2e2",
    " 200",
    "200 ",
    "0200",
    "2000",
    null,
    true,
    [200],
    {},
  ];
  const faults: readonly { readonly reason: string; readonly outputs: readonly object[] }[] = [
    { reason: "`statusCode` is no whole number from 200 to 599", outputs: odd.map((statusCode) => ({ statusCode })) },
    {
      reason: "Lambda body contains the wrong type for field `body`, or is not base64 as said",
      outputs: [
        { body: {} },
        { body: 5 },
        { body: true },
        { body: ["x"] },
        { body: "***", isBase64Encoded: true },
        { body: "aGk=\n", isBase64Encoded: true },
        { body: "aGk===", isBase64Encoded: true },
        { body: "-aGk=", isBase64Encoded: true },
      ],
    },
    { reason: "`headers` is not an object", outputs: [{ headers: "x" }, { headers: ["x"] }, { headers: 5 }] },
    {
      reason: "`headers` has a name or a value that cannot be sent",
      outputs: [
        { headers: { a: null } },
        { headers: { a: ["b"] } },
        { headers: { a: {} } },
        { headers: { "": "b" } },
        { headers: { "a b": "c" } },
        { headers: { "a:": "c" } },
        { headers: { "a\r\nset-cookie": "c" } },
        { headers: { é: "c" } },
        { headers: { a: "b\r\nset-cookie: x=1" } },
        { headers: { a: "b\nc" } },
        { headers: { a: "b\rc" } },
        { headers: { a: "b\0c" } },
        { headers: { a: "b\u001fc" } },
        { headers: { a: "b\u007fc" } },
      ],
    },
    {
      reason: "`cookies` is not a list of text that can stand in a header",
      outputs: [
        { cookies: "a=1" },
        { cookies: {} },
        { cookies: [1] },
        { cookies: [true] },
        { cookies: ["a=1\r\nx: y"] },
      ],
    },
  ];
  describe.each(faults)("$reason", ({ reason, outputs }) => {
    test.each(outputs)("%j", (output) => {
      expect(mapResponse(JSON.stringify({ statusCode: 200, ...output }))).toEqual({ kind: "fault", reason });
    });
  });
});

describe("payload format 1.0", () => {
  const mapped = (output: unknown) => mapResponseFormat1(JSON.stringify(output));

  test("headers with many values follow those with one", () => {
    const headers = { "x-a": "1", "x-b": 2 };
    const multiValueHeaders = { "X-A": ["2", true], "set-cookie": ["a=1", "b=2"], "x-none": [] };
    expect(mapped({ statusCode: 200, headers, multiValueHeaders })).toEqual({
      kind: "response",
      response: {
        status: 200,
        headers: [
          ["x-a", "1"],
          ["x-b", "2"],
          ["X-A", "2"],
          ["X-A", "true"],
          ["set-cookie", "a=1"],
          ["set-cookie", "b=2"],
        ],
        body: "",
      },
    });
  });

  test("what belongs to the connection is left out of both", () => {
    const multiValueHeaders = { "Content-Length": ["999"], "Apigw-RequestId": ["mine"] };
    expect(mapped({ statusCode: 200, headers: { Connection: "close" }, multiValueHeaders })).toMatchObject({
      response: { headers: [] },
    });
  });

  test.each([[undefined], [null]])("multiValueHeaders may be %j", (multiValueHeaders) => {
    expect(mapped({ statusCode: 200, headers: { "x-a": "1" }, multiValueHeaders })).toMatchObject({
      response: { headers: [["x-a", "1"]] },
    });
  });

  test.each([
    [{ body: "b" }, "in payload format 1.0 it must be an object with `statusCode`"],
    [{ statusCode: 200, multiValueHeaders: [] }, "`multiValueHeaders` is not an object"],
    [
      { statusCode: 200, multiValueHeaders: { a: "b" } },
      "`multiValueHeaders` has a name or a list of values that cannot be sent",
    ],
  ])("%j is refused with its reason", (output, reason) => {
    expect(mapped(output)).toEqual({ kind: "fault", reason });
  });

  test.each([
    [undefined],
    [null],
    ["text"],
    [42],
    [[]],
    [[{ statusCode: 200 }]],
    [{}],
    [{ body: "b" }],
    [{ errorMessage: "x" }],
    [{ statusCode: 0 }],
    [{ statusCode: 200, body: {} }],
    [{ statusCode: 200, headers: [] }],
    [{ statusCode: 200, multiValueHeaders: [] }],
    [{ statusCode: 200, multiValueHeaders: "x" }],
    [{ statusCode: 200, multiValueHeaders: { a: "b" } }],
    [{ statusCode: 200, multiValueHeaders: { a: ["b", {}] } }],
    [{ statusCode: 200, multiValueHeaders: { "a b": ["c"] } }],
    [{ statusCode: 200, multiValueHeaders: { a: ["b\r\nx: y"] } }],
  ])("%j is no response", (output) => expect(mapResponseFormat1(String(JSON.stringify(output))).kind).toBe("fault"));
});

test.each([mapResponse, mapResponseFormat1])(
  "$name: whatever a function puts out, nothing throws and every header can be sent",
  (map) => {
    const headers = fc.dictionary(
      fc.string({ unit: "binary" }),
      fc.oneof(fc.string({ unit: "binary" }), fc.jsonValue()),
    );
    const structured = fc
      .record({
        statusCode: fc.oneof(fc.integer(), fc.constant(200), fc.jsonValue()),
        headers,
        body: fc.jsonValue(),
        cookies: fc.jsonValue(),
        multiValueHeaders: fc.dictionary(
          fc.string({ unit: "binary" }),
          fc.oneof(fc.array(fc.string({ unit: "binary" })), fc.jsonValue()),
        ),
      })
      .map((output) => JSON.stringify(output));
    fc.assert(
      fc.property(fc.oneof(structured, fc.string(), fc.json()), (payload) => {
        const mapped = map(payload);
        if (mapped.kind === "fault") return;
        expect(mapped.response.status).toBeGreaterThanOrEqual(200);
        const sendable = new Headers();
        for (const [name, value] of mapped.response.headers) {
          sendable.append(name, value);
          expect(value).not.toMatch(/[\r\n\0]/);
        }
      }),
      { numRuns: 300 },
    );
  },
);
