import type { MadeResource } from "../resource.ts";
import type { Json } from "../values.ts";
import type { Clients } from "./clients.ts";

/** Where resources are made. */
export interface Place {
  readonly clients: Clients;
  readonly region: string;
  readonly accountId: string;
}

/** The inputs of a resource, its name always among them where its type has one. */
// biome-ignore lint/suspicious/noExplicitAny: inputs go into SDK calls as they are, and the endpoint is the one to judge them.
export type Inputs = any;

/** How one type of resource is made at an endpoint, and taken away. */
export interface Row {
  create(place: Place, inputs: Inputs): Promise<MadeResource>;
  update?(place: Place, inputs: Inputs, id: string): Promise<void>;
  delete(place: Place, inputs: Inputs, id: string): Promise<unknown>;
}

export type Rows = Readonly<Record<string, Row>>;

/** A request's members begin with a capital letter where a property's do not. */
export function capitalized(value: unknown): Inputs {
  if (Array.isArray(value)) return value.map(capitalized);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value as Json).map(([name, inner]) => [
      name.slice(0, 1).toUpperCase() + name.slice(1),
      capitalized(inner),
    ]),
  );
}

export function tagList(tags: Readonly<Record<string, string>> | undefined) {
  return Object.entries(tags ?? {}).map(([Key, Value]) => ({ Key, Value }));
}

/** Asks again until something is ready, a minute at most. */
export async function until(ready: () => Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 300; turn += 1) {
    if (await ready()) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error("It was not ready within a minute.");
}
