import { isJsonObject } from "../json.ts";
import { isBlocks, isFlag, isNumber, isText, isTextMap, isTexts } from "./values.ts";

/** What a property may hold. */
export interface ValueType {
  /** As a fault says it: "must be …". */
  readonly wanted: string;
  readonly accepts: (value: unknown) => boolean;
  /** The rows of a block, or of each block of a list. */
  readonly properties?: Properties;
}

/** What becomes of a property:
 * - `read`: a reader follows it, and it changes behaviour here as on AWS;
 * - `inert`: nothing that a client could see locally depends on it;
 * - `only`: harmless at these values, refused at any other;
 * - `refused`: not emulated, whatever it says.
 *
 * An absent property asks for nothing and is never refused. A property without a row always is. */
export type Treatment =
  | { readonly kind: "read"; readonly type: ValueType }
  | { readonly kind: "inert"; readonly because: string }
  | { readonly kind: "only"; readonly values: readonly unknown[]; readonly because: string; readonly remedy: string }
  | { readonly kind: "refused"; readonly because: string; readonly remedy: string };

/** The rows of a resource type or of a block, by the property's name. */
export type Properties = Readonly<Record<string, Treatment>>;

const read = (wanted: string, accepts: ValueType["accepts"], properties?: Properties): Treatment => ({
  kind: "read",
  type: properties === undefined ? { wanted, accepts } : { wanted, accepts, properties },
});

export const text = read("text", isText);
export const flag = read("true or false", isFlag);
export const number = read("a number", isNumber);
export const texts = read("a list of text", isTexts);
export const textMap = read("a map of text", isTextMap);
/** A map whose values the reader judges one by one. */
export const map = read("a map", isJsonObject);
/** A value of several forms, which its reader tells apart. */
export const anyValue = read("a value", () => true);
export const block = (properties: Properties): Treatment => read("a block of properties", isJsonObject, properties);
export const blocks = (properties: Properties): Treatment => read("a list of blocks", isBlocks, properties);

/** `because` completes "this has no effect here: …". */
export const inert = (because: string): Treatment => ({ kind: "inert", because });

const REMOVE = "remove it";

/** `because` is a clause, and `remedy` what the author of the program can do instead. */
export const refused = (because: string, remedy = REMOVE): Treatment => ({ kind: "refused", because, remedy });

export const only = (values: readonly unknown[], because: string, remedy = REMOVE): Treatment => ({
  kind: "only",
  values,
  because,
  remedy,
});
