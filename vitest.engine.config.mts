import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

/** Tests that need what is not in the project: Pulumi's own engine, an endpoint. They say why where they are skipped. */
export default defineConfig({
  test: {
    include: ["tests/**/*.engine-test.ts", "tests/**/*.endpoint-test.ts"],
    reporters: ["default", "./tests/support/summary-reporter.ts"],
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // Each keeps the machine busy by itself.
    fileParallelism: false,
    maxConcurrency: Math.min(4, availableParallelism()),
  },
});
