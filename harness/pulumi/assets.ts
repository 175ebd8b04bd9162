import { resolve } from "node:path";
import type { Archive, Asset } from "./resource-graph.ts";

/** The part of Pulumi's asset classes that is read here; they are the program's own copy, so `instanceof` is not ours. */
interface PulumiAsset {
  readonly __pulumiAsset?: boolean;
  readonly __pulumiArchive?: boolean;
  readonly text?: unknown;
  readonly path?: unknown;
  readonly uri?: unknown;
  readonly assets?: unknown;
}

function isPulumiAsset(value: object): value is PulumiAsset {
  return "__pulumiAsset" in value || "__pulumiArchive" in value;
}

async function assetToJson(asset: PulumiAsset): Promise<Asset | Archive> {
  const archive = asset.__pulumiArchive === true;
  const [text, path, uri, assets] = await Promise.all([asset.text, asset.path, asset.uri, asset.assets]);
  if (typeof text === "string") return { kind: "text", text };
  if (typeof path === "string")
    return archive ? { kind: "path", path: resolve(path) } : { kind: "file", path: resolve(path) };
  if (typeof uri === "string") return archive ? { kind: "remote-archive", uri } : { kind: "remote", uri };
  const entries: Record<string, Asset | Archive> = {};
  for (const [name, entry] of Object.entries((assets ?? {}) as Record<string, PulumiAsset>)) {
    entries[name] = await assetToJson(entry);
  }
  return { kind: "archive", entries };
}

/** A resource that stands where a name or id is wanted, e.g. `role: role`: what the provider is sent is its id. */
interface PulumiResource {
  readonly __pulumiResource: true;
  readonly id?: { readonly promise: () => Promise<unknown> };
}

function isPulumiResource(value: object): value is PulumiResource {
  return "__pulumiResource" in value && value.__pulumiResource === true;
}

/** The marks by which Pulumi tells a secret's wrapping from other objects.
 * @see https://github.com/pulumi/pulumi/blob/master/sdk/nodejs/runtime/rpc.ts */
const SIGNATURE_KEY = "4dabf18193072939515e22adb298388d";
const SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270";

/** Whether a registered input is a secret. An object or list that holds one anywhere is wrapped as a whole. */
export function isSecret(value: unknown): value is { readonly value: unknown } {
  if (typeof value !== "object" || value === null || !(SIGNATURE_KEY in value)) return false;
  return value[SIGNATURE_KEY] === SECRET_SIGNATURE;
}

/** Wraps an output that is a secret, as a provider does. */
export function asSecret(value: unknown): Readonly<Record<string, unknown>> {
  return { [SIGNATURE_KEY]: SECRET_SIGNATURE, value };
}

/** Turns registered inputs into plain JSON: assets and archives to their JSON form, resources to their ids, secrets to
 * what they hold, as the provider is sent them, everything else as it is. */
export async function plainInputs(value: unknown): Promise<unknown> {
  if (typeof value !== "object" || value === null) return value;
  if (isSecret(value)) return plainInputs(value.value);
  if (isPulumiResource(value)) return value.id?.promise();
  if (isPulumiAsset(value)) return assetToJson(value);
  if (Array.isArray(value)) return Promise.all(value.map(plainInputs));
  const entries = await Promise.all(
    Object.entries(value).map(async ([key, inner]) => [key, await plainInputs(inner)] as const),
  );
  return Object.fromEntries(entries);
}
