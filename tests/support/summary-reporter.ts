import type { Reporter, TestCase, TestModule } from "vitest/node";

/** Closes a run with the one line that continuous integration reads: `N passed, N failed`, and `, N skipped` where
 * something was, with the reasons before it: what stands in a suite's name as `(skipped: …)`. */
export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const passed = tests.filter((test) => test.result().state === "passed").length;
    const failedTests = tests.filter((test) => test.result().state === "failed").length;
    const brokenModules = modules.filter((module) => !module.ok() && module.errors().length > 0).length;
    const failed = failedTests + brokenModules + unhandledErrors.length;
    const skipped = tests.filter((test) => test.result().state === "skipped");
    for (const reason of new Set(skipped.flatMap(reasonOf))) process.stdout.write(`\nSkipped: ${reason}`);
    const more = skipped.length === 0 ? "" : `, ${skipped.length} skipped`;
    process.stdout.write(`\n${passed} passed, ${failed} failed${more}\n`);
  }
}

function reasonOf({ fullName }: TestCase): readonly string[] {
  const [, suite, reason] = /^(.*?) \(skipped: (.*?)\)( > |$)/.exec(fullName) ?? [];
  return reason === undefined ? [] : [`${suite}: ${reason}.`];
}
