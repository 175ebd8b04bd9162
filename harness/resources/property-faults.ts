import type { JsonObject } from "../json.ts";
import type { Properties, Treatment } from "./treatments.ts";
import { isAbsent } from "./values.ts";

/** What is wrong with a resource's inputs by the rows of its type, as sentences: unknown and refused properties, and
 * values of a wrong type, at every depth. */
export function propertyFaults(inputs: JsonObject, properties: Properties, path = ""): readonly string[] {
  return Object.entries(inputs).flatMap(([name, value]) => {
    if (isAbsent(value)) return [];
    return valueFaults(Object.hasOwn(properties, name) ? properties[name] : undefined, `${path}${name}`, value);
  });
}

function valueFaults(treatment: Treatment | undefined, place: string, value: unknown): readonly string[] {
  if (treatment === undefined) return [`\`${place}\` is unknown to the harness and therefore refused; remove it.`];
  switch (treatment.kind) {
    case "inert":
      return [];
    case "refused":
      return [`\`${place}\` is refused: ${treatment.because}; ${treatment.remedy}.`];
    case "only": {
      if (treatment.values.includes(value)) return [];
      return [`\`${place}\` is refused as ${JSON.stringify(value)}: ${treatment.because}; ${treatment.remedy}.`];
    }
    case "read": {
      const { accepts, wanted, properties } = treatment.type;
      if (!accepts(value)) return [`\`${place}\` must be ${wanted}.`];
      return properties === undefined ? [] : blockFaults(value, properties, place);
    }
  }
}

function blockFaults(value: unknown, properties: Properties, place: string): readonly string[] {
  if (!Array.isArray(value)) return propertyFaults(value as JsonObject, properties, `${place}.`);
  return value.flatMap((each: JsonObject, index) => propertyFaults(each, properties, `${place}[${index}].`));
}
