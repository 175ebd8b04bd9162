import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import LongestFirstSequencer from "./tests/support/longest-first-sequencer.mts";
import { testFiles } from "./tests/support/test-files.mts";

const { fast, processes } = testFiles();

export default defineConfig({
  test: {
    reporters: ["default", "./tests/support/summary-reporter.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // By itself vitest leaves a processor free: of two it used one. Workers also wait, for the processes that they started.
    maxWorkers: availableParallelism() + 2,
    sequence: { sequencer: LongestFirstSequencer },
    projects: [
      {
        extends: true,
        // They change nothing outside themselves, so a worker can go from one to the next.
        test: {
          name: "fast",
          include: [...fast],
          isolate: false,
          pool: "threads",
          setupFiles: ["tests/support/refuse-processes.ts"],
        },
      },
      { extends: true, test: { name: "processes", include: [...processes] } },
    ],
  },
});
