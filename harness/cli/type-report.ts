import type { Harness } from "../harness.ts";
import { type TypeChecker, typeChecker } from "../pulumi/type-check.ts";

export interface FollowedTypes {
  /** Has the types of what is served now checked, and reports what `pulumi up` would refuse. */
  look(): Promise<void>;
  /** Ends a look that is under way: what it looks at is about to change. */
  interrupt(): void;
  close(): void;
}

/**
 * Reports type errors of the program beside serving it: `pulumi up` refuses a program with type errors, and a start does
 * not wait for them. Says the same errors once, and once that there are none any more.
 */
export function followTypes(
  harness: Pick<Harness, "model" | "readFiles">,
  log: (line: string) => void,
  checker: TypeChecker = typeChecker(),
): FollowedTypes {
  let told = "";
  let closed = false;
  return {
    async look() {
      const { typeCheck } = harness.model().program;
      if (typeCheck === undefined || closed) return;
      const errors = await checker.check(typeCheck, harness.readFiles());
      if (errors === undefined || closed) return;
      const text = errors.join("\n").trimEnd();
      if (text !== "" && text !== told) log(`Served, but pulumi up would refuse this program for its types:\n${text}`);
      if (text === "" && told !== "") log("The types are right again: pulumi up would take this program.");
      told = text;
    },
    interrupt: checker.interrupt,
    close() {
      closed = true;
      checker.interrupt();
    },
  };
}
