import { defineConfig } from "vitest/config";

/** For mutation testing: the tests that need no threads, sockets or programs, so that thousands of runs are possible. */
export default defineConfig({
  test: {
    include: ["tests/apigateway/**/*.test.ts", "tests/iam/**/*.test.ts"],
    testTimeout: 60_000,
  },
});
