import type { FaultCollector } from "../../faults.ts";
import type { Resource } from "../../pulumi/resource-graph.ts";
import type { PropertyTreatment } from "./pool-properties.ts";

/** Reads one resource's properties; each that is not of its type, or not emulated, becomes a fault with its path. */
export interface Settings {
  readonly path: string;
  has(name: string): boolean;
  text(name: string): string | undefined;
  flag(name: string): boolean | undefined;
  number(name: string): number | undefined;
  texts(name: string): readonly string[] | undefined;
  /** A nested block; an absent one reads as empty. */
  block(name: string): Settings;
  blocks(name: string): readonly Settings[];
  names(): readonly string[];
  fault(name: string, rule: string): void;
}

export function settingsOf(resource: Resource, faults: FaultCollector): Settings {
  return readBlock(resource.inputs, "", (rule) => faults.add(resource, rule));
}

function readBlock(values: Readonly<Record<string, unknown>>, path: string, report: (rule: string) => void): Settings {
  const at = (name: string) => (path === "" ? name : `${path}.${name}`);
  const given = (name: string): unknown => (Object.hasOwn(values, name) ? values[name] : undefined);
  const typed = <T>(name: string, wanted: string, is: (value: unknown) => value is T): T | undefined => {
    const value = given(name) ?? undefined;
    if (value === undefined || is(value)) return value;
    report(`\`${at(name)}\` is not ${wanted}.`);
    return undefined;
  };
  return {
    path,
    has: (name) => (given(name) ?? undefined) !== undefined,
    text: (name) => typed(name, "a string", isText),
    flag: (name) => typed(name, "a boolean", (value): value is boolean => typeof value === "boolean"),
    number: (name) => typed(name, "a number", isNumber),
    texts: (name) => typed(name, "a list of strings", isTextList),
    block: (name) => readBlock(typed(name, "a block", isRecord) ?? {}, at(name), report),
    blocks: (name) =>
      (typed(name, "a list of blocks", isRecordList) ?? []).map((value, index) =>
        readBlock(value, `${at(name)}[${index}]`, report),
      ),
    names: () => Object.keys(values).filter((name) => (values[name] ?? undefined) !== undefined),
    fault: (name, rule) => report(`\`${at(name)}\` ${rule}.`),
  };
}

/** Faults every property that is refused or unknown. */
export function checkProperties(settings: Settings, treatments: ReadonlyMap<string, PropertyTreatment>): void {
  for (const name of settings.names()) {
    const treatment = treatments.get(name);
    if (treatment === undefined) settings.fault(name, "is not known to the harness, so it would be ignored in silence");
    else if (typeof treatment === "object") settings.fault(name, `is refused: ${treatment.refused}`);
  }
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function isNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

function isTextList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(isText);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isRecordList(value: unknown): value is readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) && value.every(isRecord);
}
