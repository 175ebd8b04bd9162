import { identifiers } from "../../../harness/pulumi/identifiers.ts";
import { RESOURCE_TYPES } from "../../../harness/resources/catalog.ts";
import type { Json } from "./values.ts";

/** A resource as the engine asks for it: what a URN says, and its inputs. */
export interface AskedResource {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly inputs: Json;
}

export interface MadeResource {
  readonly id: string;
  /** Beyond the inputs. */
  readonly outputs: Json;
}

/** How resources come to be: invented, or made somewhere. */
export interface Maker {
  create(resource: AskedResource): Promise<MadeResource>;
  update(resource: AskedResource & { readonly id: string; readonly changed: readonly string[] }): Promise<void>;
  delete(resource: AskedResource & { readonly id: string }): Promise<void>;
}

/** @see https://www.pulumi.com/docs/iac/concepts/resources/names/#urns */
export function askedResource(urn: string, inputs: Json): AskedResource {
  const [, , types = "", ...names] = urn.split("::");
  return { urn, type: types.split("$").at(-1) ?? "", name: names.join("::"), inputs };
}

export const ACCOUNT_ID = "123456789012";

/** Invents what AWS would answer, as the harness does: then equal programs have equal inputs, references included. */
export function inventor(region: string): Maker & { invent(resource: AskedResource): MadeResource } {
  const invent = ({ urn, type, name, inputs }: AskedResource): MadeResource => {
    const [, , stack = "", project = ""] = urn.split(/::?/);
    const row = RESOURCE_TYPES.get(type);
    if (row === undefined || row.kind === "refused")
      throw new Error(`The stand-in provider knows no resource type ${type}.`);
    const ids = identifiers(
      { project, stack, partition: "aws", region, accountId: ACCOUNT_ID },
      "a stand-in has no secrets",
    );
    const { id, outputs } = row.create({ type, name, inputs }, ids);
    return { id, outputs };
  };
  return {
    invent,
    create: async (resource) => invent(resource),
    update: async () => {},
    delete: async () => {},
  };
}
