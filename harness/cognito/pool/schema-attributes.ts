import type { Inputs } from "../../resources/inputs.ts";

/** One attribute of a pool's schema. */
export interface SchemaAttribute {
  /** As requests name it: custom attributes carry their `custom:` or `dev:` prefix. */
  readonly name: string;
  readonly type: "String" | "Number" | "DateTime" | "Boolean";
  readonly required: boolean;
  readonly mutable: boolean;
  readonly developerOnly: boolean;
  readonly custom: boolean;
  /** Lengths of a string, or bounds of a number. */
  readonly min?: number;
  readonly max?: number;
}

type StandardRow = readonly [name: string, type: SchemaAttribute["type"], min?: number, max?: number];

/** The attributes that every pool has.
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-attributes.html */
const STANDARD_ROWS: readonly StandardRow[] = [
  ["sub", "String", 1, 2048],
  ["name", "String", 0, 2048],
  ["given_name", "String", 0, 2048],
  ["family_name", "String", 0, 2048],
  ["middle_name", "String", 0, 2048],
  ["nickname", "String", 0, 2048],
  ["preferred_username", "String", 0, 2048],
  ["profile", "String", 0, 2048],
  ["picture", "String", 0, 2048],
  ["website", "String", 0, 2048],
  ["email", "String", 0, 2048],
  ["email_verified", "Boolean"],
  ["gender", "String", 0, 2048],
  ["birthdate", "String", 10, 10],
  ["zoneinfo", "String", 0, 2048],
  ["locale", "String", 0, 2048],
  ["phone_number", "String", 0, 2048],
  ["phone_number_verified", "Boolean"],
  ["address", "String", 0, 2048],
  ["updated_at", "Number", 0],
];

function standardAttribute([name, type, min, max]: StandardRow): SchemaAttribute {
  const required = name === "sub";
  return {
    name,
    type,
    required,
    mutable: name !== "sub",
    developerOnly: false,
    custom: false,
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
  };
}

export const STANDARD_ATTRIBUTES: ReadonlyMap<string, SchemaAttribute> = new Map(
  STANDARD_ROWS.map((row) => [row[0], standardAttribute(row)]),
);

const TYPES = new Set(["String", "Number", "DateTime", "Boolean"]);

function isType(text: string | undefined): text is SchemaAttribute["type"] {
  return text !== undefined && TYPES.has(text);
}

/** The pool's schema: the standard attributes as the program changed them, and its custom ones. */
export function readSchema(pool: Inputs): ReadonlyMap<string, SchemaAttribute> {
  const schema = new Map(STANDARD_ATTRIBUTES);
  for (const block of pool.blocks("schemas")) {
    const attribute = readAttribute(block);
    if (attribute !== undefined) schema.set(attribute.name, attribute);
  }
  return schema;
}

function readAttribute(block: Inputs): SchemaAttribute | undefined {
  const name = block.text("name");
  const type = block.text("attributeDataType");
  if (name === undefined || !isType(type)) {
    block.fault("attributeDataType", "needs a name and one of String, Number, DateTime, Boolean");
    return undefined;
  }
  return STANDARD_ATTRIBUTES.has(name) ? changedStandard(name, type, block) : customAttribute(name, type, block);
}

function changedStandard(name: string, type: SchemaAttribute["type"], block: Inputs): SchemaAttribute | undefined {
  const standard = STANDARD_ATTRIBUTES.get(name);
  if (standard === undefined) return undefined;
  if (standard.type !== type) block.fault("attributeDataType", `must be ${standard.type} for the attribute ${name}`);
  return {
    ...standard,
    ...limits(type, block),
    required: block.flag("required") ?? standard.required,
    mutable: block.flag("mutable") ?? standard.mutable,
  };
}

function customAttribute(name: string, type: SchemaAttribute["type"], block: Inputs): SchemaAttribute {
  const developerOnly = block.flag("developerOnlyAttribute") ?? false;
  if (block.flag("required") === true) block.fault("required", "cannot be true: custom attributes are never required");
  if (name.length > 20) block.fault("name", "is longer than the 20 characters of a custom attribute");
  return {
    name: `${developerOnly ? "dev:" : ""}custom:${name}`,
    type,
    required: false,
    mutable: block.flag("mutable") ?? false,
    developerOnly,
    custom: true,
    ...limits(type, block),
  };
}

function limits(type: SchemaAttribute["type"], block: Inputs): { readonly min?: number; readonly max?: number } {
  if (type !== "String" && type !== "Number") return {};
  const [blockName, low, high] =
    type === "String"
      ? (["stringAttributeConstraints", "minLength", "maxLength"] as const)
      : (["numberAttributeConstraints", "minValue", "maxValue"] as const);
  const constraints = block.block(blockName);
  const min = boundOf(constraints, low);
  const max = boundOf(constraints, high);
  return { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
}

/** Bounds are written as strings of digits. */
function boundOf(constraints: Inputs, name: string): number | undefined {
  const text = constraints.text(name);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() !== "" && Number.isFinite(value)) return value;
  constraints.fault(name, "is not a number written as a string");
  return undefined;
}
