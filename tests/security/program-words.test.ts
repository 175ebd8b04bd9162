import { expect, test } from "vitest";
import type { LambdaFunction } from "../../harness/lambda/function.ts";
import { programWords } from "../../harness/security/program-words.ts";

const functionOf = (text: string) =>
  ({ code: { kind: "archive", entries: { "__index.js": { kind: "text", text } } } }) as unknown as LambdaFunction;

test("headers, names and prefixes of filters are read from the code, and what Lambda itself says is left out", () => {
  const words = programWords([
    functionOf(
      'textAt(event, "headers", "X-Tenant-Id"); textAt(event, "queryStringParameters", "ownerOf"); /^filter\\[(\\w+)\\]$/',
    ),
  ]);
  expect(words).toEqual({ headers: ["x-tenant-id"], names: ["ownerOf"], prefixes: ["filter"] });
});

test("code of megabytes is read, and gives no more words than attacks can be made of", () => {
  const words = programWords([functionOf(Array.from({ length: 100_000 }, (_, index) => `"word${index}"`).join(";"))]);
  expect(words.names.length).toBeGreaterThan(0);
  expect(words.names.length).toBeLessThanOrEqual(60);
});
