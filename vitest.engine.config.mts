import { defineConfig } from "vitest/config";

/** Tests that need Pulumi's own engine. They say why where they are skipped. */
export default defineConfig({
  test: {
    include: ["tests/**/*.engine-test.ts"],
    reporters: ["default", "./tests/support/summary-reporter.ts"],
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // Of engine, provider and program one waits for the other: two files keep two cores busy, more would only compete.
    maxWorkers: 2,
  },
});
