import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { decide, type EvaluatorGroup, policiesOf } from "./support/evaluator-case.ts";

const FOLDER = join(import.meta.dirname, "cases");

describe.each(readdirSync(FOLDER).sort())("%s", (file) => {
  const groups: readonly EvaluatorGroup[] = JSON.parse(readFileSync(join(FOLDER, file), "utf8"));
  describe.each(groups)("$title", (group) => {
    test.each(group.requests)("$it", (request) => {
      const policies = policiesOf(group);
      const decision = decide(policies, request);
      expect(decision.kind).toBe(request.expect);
      if (request.deciding !== undefined) expect(decision.deciding).toEqual(request.deciding);
      const explanations = decision.explain();
      expect(explanations).toHaveLength(policies.flatMap(({ statements }) => statements).length);
      if (request.mismatch !== undefined)
        expect(explanations.map(({ mismatch }) => mismatch)).toContain(request.mismatch);
    });
  });
});
