import { defineConfig } from "vitest/config";
import engine from "./vitest.engine.config.mts";

/** Tests that need an endpoint of AWS's services. They say why where they are skipped. */
export default defineConfig({
  test: {
    ...engine.test,
    include: ["tests/**/*.endpoint-test.ts"],
    globalSetup: "./tests/endpoint/support/install-ministack.ts",
  },
});
