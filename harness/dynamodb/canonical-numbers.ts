import { canonicalNumber } from "./attribute-values.ts";

/** A request with every number written as DynamoDB writes it. Engines compare the numbers of a set by their texts, and to
 * them `1.0` would be another number than `1`. What needs no change is handed on as it is. */
export function canonicalNumbers<Value>(value: Value): Value;
export function canonicalNumbers(value: unknown): unknown {
  if (Array.isArray(value)) return changedList(value);
  return typeof value === "object" && value !== null ? changedMembers(value) : value;
}

function changedList(list: readonly unknown[]): readonly unknown[] {
  const changed = list.map(canonicalNumbers);
  return changed.some((entry, index) => entry !== list[index]) ? changed : list;
}

function changedMembers(members: object): object {
  const entries = Object.entries(members);
  const changed = entries.map(([name, value]: [string, unknown]) => [name, changedMember(name, value)] as const);
  return changed.some(([, value], index) => value !== entries[index]?.[1]) ? Object.fromEntries(changed) : members;
}

function changedMember(name: string, value: unknown): unknown {
  if (name === "N" && typeof value === "string") return canonicalNumber(value);
  if (name !== "NS" || !Array.isArray(value)) return canonicalNumbers(value);
  const changed = value.map((entry: unknown) => (typeof entry === "string" ? canonicalNumber(entry) : entry));
  return changed.some((entry, index) => entry !== value[index]) ? changed : value;
}
