import { type PolicyResource, type Rule, violationText } from "../../../policy/rules/rule.ts";
import { rules } from "../../../policy/rules/rules.ts";
import { policyStack } from "../../../policy/rules/stack.ts";

/** A violation in one line: policy, resource, words, level. */
export const violationLine = (...parts: readonly string[]): string => parts.join(" | ");

export interface SharedStack {
  readonly name: string;
  readonly examples: readonly string[];
  readonly resources: readonly PolicyResource[];
  /** What the rules themselves say of these resources. */
  readonly violations: readonly string[];
  readonly refused: boolean;
}

/** Examples that share a stack without touching each other: together they break the rules that each of them breaks alone. */
export function shareStacks(examples: readonly Rule[]): readonly SharedStack[] {
  const groups: Rule[][] = [];
  for (const rule of examples) {
    const group = groups.find((others) => canShare([...others, rule]));
    if (group === undefined) groups.push([rule]);
    else group.push(rule);
  }
  return groups.map((group, index) => ({
    name: `examples-${index}`,
    examples: group.map(({ id }) => id),
    resources: resourcesOf(group),
    violations: violationsOf(resourcesOf(group)),
    refused: isRefused(group[0]),
  }));
}

const resourcesOf = (group: readonly Rule[]) => group.flatMap(({ failingExample }) => failingExample.resources);
const isRefused = (rule: Rule | undefined) => rule?.severity !== "low";

function canShare(group: readonly Rule[]): boolean {
  const resources = resourcesOf(group);
  const names = new Set(resources.map(({ type, name }) => `${type} ${name}`));
  const alone = group.flatMap(({ failingExample }) => violationsOf(failingExample.resources)).sort();
  const sameEnd = new Set(group.map(isRefused)).size === 1;
  return sameEnd && names.size === resources.length && violationsOf(resources).join("\n") === alone.join("\n");
}

function violationsOf(resources: readonly PolicyResource[]): readonly string[] {
  const stack = policyStack(resources);
  return rules
    .flatMap((rule) => {
      const level = rule.severity === "low" ? "advisory" : "mandatory";
      return rule.check(stack).map((violation) => {
        const { type, name } = violation.resource;
        return violationLine(rule.id, `${type} ${name}`, `${rule.title} ${violationText(rule, violation)}`, level);
      });
    })
    .sort();
}
