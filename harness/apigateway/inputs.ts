import type { FaultCollector } from "../faults.ts";
import type { Resource } from "../pulumi/resource-graph.ts";

/** Typed reading of a resource's inputs: a value of the wrong type is a fault, and absent for the reader. */
export interface Inputs {
  readonly resource: Resource;
  text(key: string): string | undefined;
  flag(key: string): boolean;
  number(key: string): number | undefined;
  texts(key: string): readonly string[];
  /** A nested block's inputs. */
  block(key: string): Inputs | undefined;
  blocks(key: string): readonly Inputs[];
  textMap(key: string): Readonly<Record<string, string>> | undefined;
  keys(): readonly string[];
  fault(rule: string): void;
}

export function inputsOf(resource: Resource, faults: FaultCollector): Inputs {
  return inputs(resource, resource.inputs, "", faults);
}

function inputs(
  resource: Resource,
  values: Readonly<Record<string, unknown>>,
  path: string,
  faults: FaultCollector,
): Inputs {
  const read = <Value>(key: string, wanted: string, is: (value: unknown) => value is Value): Value | undefined => {
    const value = Object.hasOwn(values, key) ? values[key] : undefined;
    if (value === undefined || value === null) return undefined;
    if (is(value)) return value;
    faults.add(resource, `\`${path}${key}\` must be ${wanted}.`);
    return undefined;
  };
  const nested = (value: Readonly<Record<string, unknown>>, key: string) =>
    inputs(resource, value, `${path}${key}.`, faults);
  return {
    resource,
    text: (key) => read(key, "text", isText),
    flag: (key) => read(key, "true or false", isFlag) ?? false,
    number: (key) => read(key, "a number", isNumber),
    texts: (key) => read(key, "a list of text", isTexts) ?? [],
    textMap: (key) => read(key, "a map of text", isTextMap),
    block: (key) => {
      const value = read(key, "a block of properties", isRecord);
      return value === undefined ? undefined : nested(value, key);
    },
    blocks: (key) => (read(key, "a list of blocks", isRecords) ?? []).map((value) => nested(value, key)),
    keys: () => Object.keys(values).filter((key) => values[key] !== undefined && values[key] !== null),
    fault: (rule) => faults.add(resource, rule),
  };
}

const isText = (value: unknown): value is string => typeof value === "string";
const isFlag = (value: unknown): value is boolean => typeof value === "boolean";
const isNumber = (value: unknown): value is number => Number.isFinite(value);
const isTexts = (value: unknown): value is readonly string[] => Array.isArray(value) && value.every(isText);
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isRecords = (value: unknown): value is readonly Readonly<Record<string, unknown>>[] =>
  Array.isArray(value) && value.every(isRecord);
const isTextMap = (value: unknown): value is Readonly<Record<string, string>> =>
  isRecord(value) && Object.values(value).every(isText);
