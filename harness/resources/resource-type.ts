import type { Identifiers } from "../pulumi/identifiers.ts";
import type { Properties } from "./treatments.ts";

/** A resource at the moment of its registration. */
export interface Registration {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** What the provider would answer to a creation; `outputs` are those beyond the inputs. */
export interface Creation {
  readonly id: string;
  readonly arn?: string;
  readonly outputs: Readonly<Record<string, unknown>>;
}

export type Create = (resource: Registration, ids: Identifiers) => Creation;

/** A row of the table of resource types:
 * - `emulated`: a reader serves it, and `properties` says what becomes of each input;
 * - `inert`: nothing that a client could see locally depends on it. With `properties`, an unknown input is refused all the same;
 * - `refused`: not emulated, and the program is not served with it. */
export type ResourceType =
  | { readonly kind: "emulated"; readonly properties: Properties; readonly create: Create }
  | { readonly kind: "inert"; readonly because: string; readonly properties?: Properties; readonly create: Create }
  | { readonly kind: "refused"; readonly because: string; readonly remedy: string };

/** Rows by Pulumi's type token. */
export type ResourceTypes = Readonly<Record<string, ResourceType>>;

export const emulatedType = (properties: Properties, create: Create): ResourceType => ({
  kind: "emulated",
  properties,
  create,
});

/** `because` completes "this has no effect here: …". */
export const inertType = (because: string, create: Create, properties?: Properties): ResourceType =>
  properties === undefined ? { kind: "inert", because, create } : { kind: "inert", because, create, properties };

/** `because` is a clause, and `remedy` what the author of the program can do instead. */
export const refusedType = (because: string, remedy = "remove it"): ResourceType => ({
  kind: "refused",
  because,
  remedy,
});
