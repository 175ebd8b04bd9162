import { isJsonObject } from "../json.ts";
import { isRefusal, type Refusal, refuse } from "./errors.ts";

/** One shape of Cognito's API model: reads a JSON value or refuses it, naming the member as AWS does. */
export interface Shape<T> {
  read(value: unknown, member: string): T | Refusal;
}

/** A member that may be absent or null. */
export interface OptionalShape<T> {
  readonly optional: Shape<T>;
}

type Members = Readonly<Record<string, Shape<unknown> | OptionalShape<unknown>>>;
type RequiredKeys<M extends Members> = {
  [K in keyof M]: M[K] extends OptionalShape<unknown> ? never : K;
}[keyof M];
type OptionalKeys<M extends Members> = Exclude<keyof M, RequiredKeys<M>>;
type ValueOf<S> = S extends OptionalShape<infer T> ? T : S extends Shape<infer T> ? T : never;

/** The TypeScript type of a structure with these members. */
export type Structure<M extends Members> = { readonly [K in RequiredKeys<M>]: ValueOf<M[K]> } & {
  readonly [K in OptionalKeys<M>]?: ValueOf<M[K]>;
};

/** The TypeScript type that a shape reads. */
export type Infer<S> = S extends Shape<infer T> ? T : never;

export function optional<T>(shape: Shape<T>): OptionalShape<T> {
  return { optional: shape };
}

const serialization = (member: string, wanted: string) =>
  refuse("SerializationException", `${member} is not of the type that the operation takes: ${wanted}`);

const violation = (member: string, constraint: string) =>
  refuse(
    "InvalidParameterException",
    `1 validation error detected: Value at '${wireName(member)}' failed to satisfy constraint: ${constraint}`,
  );

/** AWS names members in violations with a small first letter. */
function wireName(member: string): string {
  return member.charAt(0).toLowerCase() + member.slice(1);
}

export interface StringLimits {
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: RegExp;
}

function stringViolation(value: string, { min, max, pattern }: StringLimits): string | undefined {
  if (min !== undefined && value.length < min) return `Member must have length greater than or equal to ${min}`;
  if (max !== undefined && value.length > max) return `Member must have length less than or equal to ${max}`;
  if (pattern !== undefined && !pattern.test(value)) {
    return `Member must satisfy regular expression pattern: ${pattern.source}`;
  }
  return undefined;
}

export function string(limits: StringLimits = {}): Shape<string> {
  return {
    read(value, member) {
      if (typeof value !== "string") return serialization(member, "a string");
      const broken = stringViolation(value, limits);
      return broken === undefined ? value : violation(member, broken);
    },
  };
}

export function oneOf<const T extends string>(...values: readonly T[]): Shape<T> {
  return {
    read(value, member) {
      if (typeof value !== "string") return serialization(member, "a string");
      const found = values.find((candidate) => candidate === value);
      return found ?? violation(member, `Member must satisfy enum value set: [${values.join(", ")}]`);
    },
  };
}

export const boolean: Shape<boolean> = {
  read: (value, member) => (typeof value === "boolean" ? value : serialization(member, "a boolean")),
};

export function integer(min: number, max: number): Shape<number> {
  return {
    read(value, member) {
      if (typeof value !== "number" || !Number.isInteger(value)) return serialization(member, "an integer");
      if (value < min) return violation(member, `Member must have value greater than or equal to ${min}`);
      if (value > max) return violation(member, `Member must have value less than or equal to ${max}`);
      return value;
    },
  };
}

export function list<T>(shape: Shape<T>, max: number): Shape<readonly T[]> {
  return {
    read(value, member) {
      if (!Array.isArray(value)) return serialization(member, "a list");
      if (value.length > max) return violation(member, `Member must have length less than or equal to ${max}`);
      return readAll(value, member, shape);
    },
  };
}

function readAll<T>(values: readonly unknown[], member: string, shape: Shape<T>): readonly T[] | Refusal {
  const read: T[] = [];
  for (const [index, element] of values.entries()) {
    const item = shape.read(element, `${member}.${index + 1}.member`);
    if (isRefusal(item)) return item;
    read.push(item);
  }
  return read;
}

/** A map of strings; read into a `Map`, so that a key such as `__proto__` is only a key. */
export function stringMap(limits: StringLimits = {}): Shape<ReadonlyMap<string, string>> {
  const values = string(limits);
  return {
    read(value, member) {
      if (!isJsonObject(value)) return serialization(member, "a map");
      const read = new Map<string, string>();
      for (const [key, element] of Object.entries(value)) {
        if (element === null) continue;
        const item = values.read(element, `${member}.${key}`);
        if (isRefusal(item)) return item;
        read.set(key, item);
      }
      return read;
    },
  };
}

export function structure<const M extends Members>(members: M): Shape<Structure<M>> {
  return {
    read(value, member) {
      if (!isJsonObject(value)) return serialization(member, "a structure");
      const read: Record<string, unknown> = {};
      for (const [name, shape] of Object.entries(members)) {
        const item = readMember(value, name, shape);
        if (isRefusal(item)) return item;
        if (item !== undefined) read[name] = item;
      }
      // Every member was read by its own shape and required ones were seen to be there.
      return read as Structure<M>;
    },
  };
}

function readMember(value: object, name: string, shape: Shape<unknown> | OptionalShape<unknown>): unknown {
  const element: unknown = Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined;
  const absent = element === undefined || element === null;
  if ("optional" in shape) return absent ? undefined : shape.optional.read(element, name);
  return absent ? violation(name, "Member must not be null") : shape.read(element, name);
}
