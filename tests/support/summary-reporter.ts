import type { Reporter, TestModule } from "vitest/node";

/** Closes a run with the one line that continuous integration reads: `N passed, N failed`. */
export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const passed = tests.filter((test) => test.result().state === "passed").length;
    const failedTests = tests.filter((test) => test.result().state === "failed").length;
    const brokenModules = modules.filter((module) => !module.ok() && module.errors().length > 0).length;
    const failed = failedTests + brokenModules + unhandledErrors.length;
    process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
  }
}
