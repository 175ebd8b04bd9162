import type { Inputs } from "../resources/inputs.ts";
import type { Key, KeyAttribute, KeyType } from "./tables.ts";

const isKeyType = (value: string | undefined): value is KeyType => value === "S" || value === "N" || value === "B";

/** The attribute definitions by name. */
export function readAttributes(table: Inputs): ReadonlyMap<string, KeyType> {
  const attributes = new Map<string, KeyType>();
  for (const definition of table.blocks("attributes")) {
    const name = definition.text("name");
    const type = definition.text("type");
    if (name === undefined || !isKeyType(type)) {
      table.report(`attributes: "${name}" needs a name and the type S, N or B.`);
    } else if (attributes.has(name)) table.report(`attributes: "${name}" is defined twice.`);
    else attributes.set(name, type);
  }
  return attributes;
}

/** The key that `hashKey` and `rangeKey` of a table or a global index describe; undefined, and a fault, when it cannot be one. */
export function readKey(inputs: Inputs, attributes: ReadonlyMap<string, KeyType>): Key | undefined {
  const partitionKey = readKeyAttribute(inputs, "hashKey", attributes);
  return partitionKey === undefined ? undefined : withSortKey(partitionKey, inputs, attributes);
}

/** The key with the sort key that `rangeKey` names, if there is one. */
export function withSortKey(
  partitionKey: KeyAttribute,
  inputs: Inputs,
  attributes: ReadonlyMap<string, KeyType>,
): Key | undefined {
  if ((inputs.text("rangeKey") ?? "") === "") return { partitionKey };
  const sortKey = readKeyAttribute(inputs, "rangeKey", attributes);
  if (sortKey === undefined) return undefined;
  if (sortKey.name !== partitionKey.name) return { partitionKey, sortKey };
  inputs.fault("rangeKey", `must not name the partition key's attribute, ${partitionKey.name}`);
  return undefined;
}

function readKeyAttribute(
  inputs: Inputs,
  property: string,
  attributes: ReadonlyMap<string, KeyType>,
): KeyAttribute | undefined {
  const name = inputs.text(property) ?? "";
  const type = attributes.get(name);
  if (type !== undefined) return { name, type };
  inputs.fault(property, name === "" ? "is missing" : `"${name}" is not defined in \`attributes\``);
  return undefined;
}
