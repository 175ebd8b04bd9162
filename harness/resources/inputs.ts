import type { FaultCollector } from "../faults.ts";
import { isJsonObject, type JsonObject, memberOf } from "../json.ts";
import type { Resource } from "../pulumi/resource-graph.ts";
import { isAbsent, isBlocks, isFlag, isNumber, isText, isTextMap, isTexts } from "./values.ts";

/** Typed reading of a resource's inputs. A value that is absent or of a wrong type reads as absent: `refuseResources` has
 * made the fault of it, once, however often it is read. */
export interface Inputs {
  readonly resource: Resource;
  /** `aws:apigatewayv2/route:Route logical-name`, for messages. */
  readonly declaredBy: string;
  has(name: string): boolean;
  text(name: string): string | undefined;
  flag(name: string): boolean | undefined;
  number(name: string): number | undefined;
  /** Absent reads as empty. */
  texts(name: string): readonly string[];
  textMap(name: string): Readonly<Record<string, string>> | undefined;
  /** A map of values to judge one by one; absent reads as empty. */
  map(name: string): JsonObject;
  /** A nested block; absent reads as empty. */
  block(name: string): Inputs;
  blocks(name: string): readonly Inputs[];
  /** The names of what is not absent. */
  names(): readonly string[];
  /** The value as it is, an empty one included; `undefined` for `null`. */
  value(name: string): unknown;
  /** A fault of one property: its place and the rule, as `\`place\` rule.` */
  fault(name: string, rule: string): void;
  /** A fault in a sentence of its own. */
  report(sentence: string): void;
}

export function inputsOf(resource: Resource, faults: FaultCollector): Inputs {
  return blockInputs(resource.inputs, "", { resource, faults });
}

interface Reading {
  readonly resource: Resource;
  readonly faults: FaultCollector;
}

function blockInputs(values: JsonObject, path: string, reading: Reading): Inputs {
  const { resource, faults } = reading;
  const has = (name: string): boolean => !isAbsent(memberOf(values, name));
  const read = <Value>(name: string, is: (given: unknown) => given is Value): Value | undefined => {
    const given = memberOf(values, name);
    return !isAbsent(given) && is(given) ? given : undefined;
  };
  const report = (sentence: string) => faults.add(resource, sentence);
  return {
    resource,
    declaredBy: `${resource.type} ${resource.name}`,
    has,
    text: (name) => read(name, isText),
    flag: (name) => read(name, isFlag),
    number: (name) => read(name, isNumber),
    texts: (name) => read(name, isTexts) ?? [],
    textMap: (name) => read(name, isTextMap),
    map: (name) => read(name, isJsonObject) ?? {},
    block: (name) => blockInputs(read(name, isJsonObject) ?? {}, `${path}${name}.`, reading),
    blocks: (name) =>
      (read(name, isBlocks) ?? []).map((each, index) => blockInputs(each, `${path}${name}[${index}].`, reading)),
    names: () => Object.keys(values).filter(has),
    value: (name) => memberOf(values, name) ?? undefined,
    fault: (name, rule) => report(`\`${path}${name}\` ${rule}.`),
    report,
  };
}
