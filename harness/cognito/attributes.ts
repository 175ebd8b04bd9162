import { type Refusal, refusals, refuse } from "./errors.ts";
import type { SchemaAttribute } from "./pool/schema-attributes.ts";
import type { ContactAttribute, UserPool, UserPoolClient } from "./pool/user-pool.ts";

export interface GivenAttribute {
  readonly Name: string;
  readonly Value?: string;
}

/** Who writes: a client may write what its list allows, an administrator everything but `sub`. */
export type AttributeWriter = UserPoolClient | "administrator";

const nonConforming = (detail: string) =>
  refusals.invalidParameter(`Attributes did not conform to the schema: ${detail}`);

/** Set by Cognito alone, whatever a client's list says. */
const NEVER_CLIENT_WRITABLE = new Set(["sub", "email_verified", "phone_number_verified"]);

function mayWrite(writer: AttributeWriter, attribute: SchemaAttribute): boolean {
  if (writer === "administrator") return attribute.name !== "sub";
  return writer.writable.has(attribute.name) && !NEVER_CLIENT_WRITABLE.has(attribute.name) && !attribute.developerOnly;
}

/** Without control and formatting characters: an address is shown on the console. */
const EMAIL_FORM = /^[^\s\p{C}@<>()[\],;:\\"]+@[^\s\p{C}@<>()[\],;:\\"]+$/u;
const PHONE_FORM = /^\+[1-9]\d{1,14}$/;

export function isEmail(text: string): boolean {
  return text.length <= 320 && EMAIL_FORM.test(text);
}

export function isPhoneNumber(text: string): boolean {
  return PHONE_FORM.test(text);
}

function withinLimits(size: number, { min, max }: SchemaAttribute): boolean {
  return (min === undefined || size >= min) && (max === undefined || size <= max);
}

const typeChecks: Readonly<Record<SchemaAttribute["type"], (value: string, attribute: SchemaAttribute) => boolean>> = {
  String: (value, attribute) => withinLimits(value.length, attribute),
  Number: (value, attribute) => /^-?\d{1,18}(\.\d{1,18})?$/.test(value) && withinLimits(Number(value), attribute),
  Boolean: (value) => value === "true" || value === "false",
  DateTime: (value) =>
    /^\d{4}-\d{2}-\d{2}T[\d:.]+(Z|[+-]\d{2}:?\d{2})$/.test(value) && !Number.isNaN(Date.parse(value)),
};

function valueRefusal(attribute: SchemaAttribute, value: string): Refusal | undefined {
  if (attribute.name === "email" && !isEmail(value)) return refusals.invalidParameter("Invalid email address format.");
  if (attribute.name === "phone_number" && !isPhoneNumber(value)) {
    return refusals.invalidParameter("Invalid phone number format.");
  }
  if (typeChecks[attribute.type](value, attribute)) return undefined;
  return nonConforming(`${attribute.name}: The attribute value does not fit its type or its limits\n`);
}

export function hasUnknownAttribute(pool: UserPool, names: readonly string[]): Refusal | undefined {
  const unknown = names.find((name) => !pool.schema.has(name));
  return unknown === undefined ? undefined : nonConforming(`Type for attribute {${unknown}} could not be determined`);
}

/** Refuses attributes that the schema, or the client's list, does not allow to be written with these values. */
export function checkAttributes(
  pool: UserPool,
  writer: AttributeWriter,
  given: readonly GivenAttribute[],
): Refusal | undefined {
  for (const { Name, Value = "" } of given) {
    const attribute = pool.schema.get(Name);
    if (attribute === undefined) return hasUnknownAttribute(pool, [Name]);
    if (!mayWrite(writer, attribute)) {
      return refuse("NotAuthorizedException", "A client attempted to write unauthorized attribute");
    }
    const refusal = Value === "" ? undefined : valueRefusal(attribute, Value);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

/** The attributes as they are stored: names once, the last value counting, empty ones left out. */
export function storedAttributes(given: readonly GivenAttribute[]): Readonly<Record<string, string>> {
  const values = new Map(given.map(({ Name, Value }) => [Name, Value ?? ""]));
  return Object.fromEntries([...values].filter(([, value]) => value !== ""));
}

/** The names of required attributes that have no value. */
export function missingRequired(pool: UserPool, attributes: Readonly<Record<string, string>>): readonly string[] {
  const required = [...pool.schema.values()].filter((attribute) => attribute.required);
  return required.map(({ name }) => name).filter((name) => !Object.hasOwn(attributes, name));
}

export function checkRequired(pool: UserPool, attributes: Readonly<Record<string, string>>): Refusal | undefined {
  const missing = missingRequired(pool, attributes);
  if (missing.length === 0) return undefined;
  return nonConforming(missing.map((name) => `${name}: The attribute is required\n`).join(""));
}

export function isContact(name: string): name is ContactAttribute {
  return name === "email" || name === "phone_number";
}

/** Refuses, in the answer to `NEW_PASSWORD_REQUIRED`, what the administrator has given already: a required attribute
 * or a contact. `UpdateUserAttributes` changes those, and verifies them.
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_RespondToAuthChallenge.html */
export function checkNotProvided(
  pool: UserPool,
  before: Readonly<Record<string, string>>,
  given: readonly GivenAttribute[],
): Refusal | undefined {
  const guarded = (name: string) => isContact(name) || pool.schema.get(name)?.required === true;
  const provided = given.find(({ Name }) => guarded(Name) && Object.hasOwn(before, Name));
  if (provided === undefined) return undefined;
  return refuse("NotAuthorizedException", `Cannot modify an already provided ${provided.Name}`);
}

/** Refuses a change of an attribute that keeps the value it was born with. */
export function checkMutable(
  pool: UserPool,
  before: Readonly<Record<string, string>>,
  given: readonly GivenAttribute[],
): Refusal | undefined {
  const frozen = given.find(({ Name, Value }) => {
    const mutable = pool.schema.get(Name)?.mutable ?? false;
    return !mutable && Object.hasOwn(before, Name) && before[Name] !== Value;
  });
  return frozen === undefined
    ? undefined
    : refusals.invalidParameter(`user.${frozen.Name}: Attribute cannot be updated.\n`);
}
