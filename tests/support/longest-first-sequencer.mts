import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Starts the longest files first, so that no worker is left alone with one of them at the end. On a fresh clone nothing
 * is known of their lengths: those that serve whole programs take longest, those that start no process are short. */
export default class LongestFirstSequencer extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const rank = ({ project, moduleId }: TestSpecification) =>
      project.name === "fast" ? 2 : /\/(end-to-end|flawed-programs|pulumi)\//.test(moduleId) ? 0 : 1;
    return sorted.sort((a, b) => rank(a) - rank(b));
  }
}
