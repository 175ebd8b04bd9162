import { HEXADECIMAL, type Identifiers, LOWER_ALPHANUMERIC } from "../pulumi/identifiers.ts";
import type { Create, Registration } from "./resource-type.ts";

/** An input that is text, or nothing. */
export function inputText(resource: Registration, property: string): string {
  const value = resource.inputs[property];
  return typeof value === "string" ? value : "";
}

/** An input that is a block of properties, or an empty one. */
export function inputBlock(resource: Registration, property: string): Readonly<Record<string, unknown>> {
  const value = resource.inputs[property];
  return typeof value === "object" && value !== null ? { ...value } : {};
}

/** The type's input `name` when given, else Pulumi's own physical name: the logical name and seven hex digits.
 * @see https://www.pulumi.com/docs/iac/concepts/resources/names/#autonaming */
export function physicalName(resource: Registration, ids: Identifiers, property = "name"): string {
  const given = inputText(resource, property);
  if (given !== "") return given;
  const prefix = resource.inputs[`${property}Prefix`];
  const start = typeof prefix === "string" ? prefix : `${resource.name}-`;
  return `${start}${ids.text(resource, "name", 7, HEXADECIMAL)}`;
}

/** Nothing but an invented id of `length` letters and digits. */
export const withId =
  (length: number): Create =>
  (resource, ids) => ({ id: ids.text(resource, "id", length, LOWER_ALPHANUMERIC), outputs: {} });

/** Nothing but a name, which is the id too. */
export const named: Create = (resource, ids) => {
  const name = physicalName(resource, ids);
  return { id: name, outputs: { name } };
};

/** A name that is the id, and an ARN `arn:…:service:region:account:prefix + name`. */
export const namedWithArn =
  (service: string, prefix = "", property = "name"): Create =>
  (resource, ids) => {
    const name = physicalName(resource, ids, property);
    const arn = ids.arn(service, `${prefix}${name}`);
    return { id: name, arn, outputs: { arn, [property]: name } };
  };
