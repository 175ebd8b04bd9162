import { expect, test } from "vitest";
import { corsHeaders, isPreflight, preflightHeaders } from "../../harness/apigateway/cors.ts";
import type { CorsConfiguration } from "../../harness/apigateway/cors-configuration.ts";
import type { HeaderList } from "../../harness/http.ts";

const APP = "https://app.example.com";
const plain: CorsConfiguration = {
  allowOrigins: [APP],
  allowMethods: [],
  allowHeaders: [],
  exposeHeaders: [],
  allowCredentials: false,
};
const full: CorsConfiguration = {
  allowOrigins: [APP],
  allowMethods: ["GET", "PUT"],
  allowHeaders: ["authorization"],
  exposeHeaders: ["x-total"],
  allowCredentials: true,
  maxAgeSeconds: 0,
};
const from = (origin: string): HeaderList => [["Origin", origin]];
const allowed = ["access-control-allow-origin", APP];
const vary = ["vary", "origin"];
const credentials = ["access-control-allow-credentials", "true"];

test.each([
  ["what is not configured is not sent", plain, from(APP), [allowed, vary], [allowed, vary]],
  [
    "all that is configured",
    full,
    from(APP),
    [
      allowed,
      vary,
      ["access-control-allow-methods", "GET,PUT"],
      ["access-control-allow-headers", "authorization"],
      ["access-control-max-age", "0"],
      credentials,
    ],
    [allowed, vary, credentials, ["access-control-expose-headers", "x-total"]],
  ],
  ["a foreign origin gets nothing", full, from("https://evil.example"), [], []],
  ["no origin gets nothing", full, [], [], []],
  ["no origin gets no star either", { ...plain, allowOrigins: ["*"] }, [], [], []],
  ["an origin without a scheme is none of https://*", { ...plain, allowOrigins: ["https://*"] }, from("null"), [], []],
] as const)("%s", (_name, cors, headers, preflight, added) => {
  expect(preflightHeaders(cors, headers)).toEqual(preflight);
  expect(corsHeaders(cors, headers)).toEqual(added);
});

test.each([
  ["OPTIONS", [...from(APP), ["Access-Control-Request-Method", "GET"]], true],
  ["GET", [...from(APP), ["Access-Control-Request-Method", "GET"]], false],
  ["OPTIONS", from(APP), false],
  ["OPTIONS", [["Access-Control-Request-Method", "GET"]], false],
] as const)("%s with %j is a preflight: %s", (method, headers, expected) => {
  expect(isPreflight(method, headers)).toBe(expected);
});
