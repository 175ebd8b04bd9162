/** The first version whose mocks may take their time and whose values may stay unknown in an update. */
const LEAST = [3, 117, 0] as const;

/** Why a program's `@pulumi/pulumi` cannot be evaluated here; `undefined` when it can. */
export function sdkFault(version: string): string | undefined {
  const parts = version.split(/[.-]/).map(Number);
  const at = LEAST.findIndex((least, index) => parts[index] !== least);
  if (at === -1 || (parts[at] ?? 0) > (LEAST[at] ?? 0)) return undefined;
  const least = LEAST.join(".");
  return `The program's @pulumi/pulumi is ${version}; the harness evaluates programs from ${least} on. Install a newer one: npm install @pulumi/pulumi@3`;
}
