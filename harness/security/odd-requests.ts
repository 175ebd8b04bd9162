import { jsonHeaders, tokenFor, withQuery, withToken } from "./attack.ts";
import { pathWith } from "./routes-under-test.ts";
import type { Person, RouteUnderTest, Subject } from "./subject.ts";
import type { WireRequest } from "./wire-request.ts";

/** A request that a careless handler stumbles over. */
export interface OddRequest {
  readonly name: string;
  readonly route: RouteUnderTest;
  readonly request: WireRequest;
}

const deep = (depth: number) => `${"[".repeat(depth)}${"]".repeat(depth)}`;

const BODIES: Readonly<Record<string, string | Buffer>> = {
  "an empty body": "",
  "text that is no JSON": "{",
  null: "null",
  "a list": "[]",
  "a number": "1",
  "a text": '"text"',
  "a million braces' depth in small": deep(5_000),
  "a prototype": '{"__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}}}',
  "numbers beyond all": '{"a":1e999,"b":-0,"c":123456789012345678901234567890}',
  "lone surrogates": '{"\\ud800":"\\udfff","title":"\\ud800"}',
  "bytes that are no UTF-8": Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]),
  "a byte order mark": `\ufeff{}`,
  "names twice": '{"a":1,"a":2}',
  "types of DynamoDB's": '{"title":{"S":"x"},"Item":{"M":{}},"Key":{"S":"x"}}',
  "a null byte": '{"title":"a\\u0000b"}',
  "a thousand members": JSON.stringify(
    Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`m${index}`, index])),
  ),
};

const PARAMETERS: Readonly<Record<string, string>> = {
  "a percent sign that is none": "%zz",
  "a null byte": "%00",
  dots: "..%2f..%2fetc%2fpasswd",
  "a prototype's name": "__proto__",
  "a constructor's name": "constructor",
  "a very long text": "a".repeat(4_000),
  "an emoji": "%F0%9F%92%A9",
  "half a character": "%C3%28",
  "a number": "-1",
  "an object": "%7B%22%24ne%22%3Anull%7D",
};

/** Odd bodies, parameters and queries for each route, with a valid token where it asks for one. */
export async function oddRequests(subject: Subject, person: Person | undefined): Promise<readonly OddRequest[]> {
  const all: OddRequest[] = [];
  for (const route of subject.routes) {
    const token = person === undefined ? undefined : await tokenFor(subject, route, person);
    const { method, path } = route;
    const send = (name: string, request: WireRequest) =>
      all.push({ name, route, request: withToken(route, request, token) });
    if (["POST", "PUT", "PATCH"].includes(method)) {
      for (const [name, body] of Object.entries(BODIES)) send(name, { method, path, headers: jsonHeaders, body });
      send("JSON of another type", { method, path, headers: [["content-type", "text/xml"]], body: "<a/>" });
      send("no type", { method, path, body: "{}" });
    }
    for (const [name, value] of Object.entries(PARAMETERS)) {
      if (route.route.routeKey.includes("{")) send(`${name} for a parameter`, { method, path: pathWith(route, value) });
      // One at a time: a refusal of one would hide what another does.
      else
        for (const parameter of ["limit", "cursor"])
          send(`${name} in the query, ${parameter}`, withQuery({ method, path }, `${parameter}=${value}`));
    }
  }
  return all;
}
