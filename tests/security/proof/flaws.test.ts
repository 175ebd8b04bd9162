import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { allFlaws } from "./flaws.ts";

test("no two flaws share a name, and each text to replace is another than its replacement", () => {
  expect(new Set(allFlaws.map(({ name }) => name)).size).toBe(allFlaws.length);
  for (const { changes } of allFlaws)
    for (const { search, replacement } of changes) expect(replacement).not.toBe(search);
});

test.each(allFlaws)("each text that $name replaces stands in its file once", ({ changes }) => {
  const files = new Map<string, string>();
  for (const { file, search, replacement } of changes) {
    const text = files.get(file) ?? readFileSync(resolve(import.meta.dirname, "../../..", file), "utf8");
    expect(text.split(search).length - 1, `${file}: ${search}`).toBe(1);
    files.set(
      file,
      text.replace(search, () => replacement),
    );
  }
});
