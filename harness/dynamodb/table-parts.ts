import type { PropertyHandling } from "./table-properties.ts";
import type { Key, KeyAttribute, KeyType } from "./tables.ts";

/** Adds a fault about the table at hand. */
export type Report = (rule: string) => void;

type Inputs = Readonly<Record<string, unknown>>;

/** Whether a property says anything: switched-off and empty values ask for nothing. */
const asksForSomething = (value: unknown): boolean =>
  value !== undefined && value !== null && value !== false && !(Array.isArray(value) && value.length === 0);

/** Faults every property that is refused or unknown. `prefix` places it, e.g. `globalSecondaryIndexes[0].`. */
export function reportProperties(
  inputs: Inputs,
  known: ReadonlyMap<string, PropertyHandling>,
  prefix: string,
  report: Report,
): void {
  for (const [name, value] of Object.entries(inputs)) {
    const handling = known.get(name);
    if (handling === undefined) report(`Property ${prefix}${name} is unknown to the harness.`);
    else if (handling.kind === "refused" && asksForSomething(value)) report(`${prefix}${name}: ${handling.because}.`);
  }
}

const isKeyType = (value: unknown): value is KeyType => value === "S" || value === "N" || value === "B";

/** The attribute definitions by name. */
export function readAttributes(value: unknown, report: Report): ReadonlyMap<string, KeyType> {
  const attributes = new Map<string, KeyType>();
  for (const entry of Array.isArray(value) ? value : []) {
    const { name, type } = (entry ?? {}) as Inputs;
    if (typeof name !== "string" || !isKeyType(type)) {
      report(`attributes: "${String(name)}" needs a name and the type S, N or B.`);
    } else if (attributes.has(name)) report(`attributes: "${name}" is defined twice.`);
    else attributes.set(name, type);
  }
  return attributes;
}

/** The key that `hashKey` and `rangeKey` describe; undefined, and a fault, when it cannot be one. */
export function readKey(
  inputs: Inputs,
  attributes: ReadonlyMap<string, KeyType>,
  prefix: string,
  report: Report,
): Key | undefined {
  const partitionKey = readKeyAttribute(inputs.hashKey, attributes, `${prefix}hashKey`, report);
  if (partitionKey === undefined) return undefined;
  if (inputs.rangeKey === undefined || inputs.rangeKey === null || inputs.rangeKey === "") return { partitionKey };
  const sortKey = readKeyAttribute(inputs.rangeKey, attributes, `${prefix}rangeKey`, report);
  if (sortKey === undefined) return undefined;
  if (sortKey.name === partitionKey.name) {
    report(`${prefix}hashKey and ${prefix}rangeKey name the same attribute.`);
    return undefined;
  }
  return { partitionKey, sortKey };
}

function readKeyAttribute(
  name: unknown,
  attributes: ReadonlyMap<string, KeyType>,
  property: string,
  report: Report,
): KeyAttribute | undefined {
  if (typeof name !== "string" || name === "") {
    report(`${property} is missing.`);
    return undefined;
  }
  const type = attributes.get(name);
  if (type !== undefined) return { name, type };
  report(`${property} "${name}" is not defined in attributes.`);
  return undefined;
}
