import { Struct } from "./messages.ts";

export type Json = Readonly<Record<string, unknown>>;
type StructMessage = InstanceType<typeof Struct>;

/** What the engine sends in place of a value that only a deployment will know.
 * @see https://github.com/pulumi/pulumi/blob/master/sdk/go/common/resource/plugin/rpc.go */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const SIGNATURE_KEY = "4dabf18193072939515e22adb298388d";
const ASSET_SIGNATURE = "c44067f5952c0a294b673a41bacd8c17";
const ARCHIVE_SIGNATURE = "0def7320c3a5731c473e5ecbe6d01bc7";

export function fromStruct(struct: StructMessage | undefined): Record<string, unknown> {
  return struct === undefined ? {} : (struct.toJavaScript() as Record<string, unknown>);
}

export function toStruct(value: Json): StructMessage {
  // Members that are undefined have no form on the wire.
  return Struct.fromJavaScript(JSON.parse(JSON.stringify(value)));
}

/** Assets and archives in the form that the harness's graph has them, hashes left out; everything else as it is. */
export function plain(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(plain);
  const members = value as Json;
  const signature = members[SIGNATURE_KEY];
  if (signature === ASSET_SIGNATURE || signature === ARCHIVE_SIGNATURE)
    return plainAsset(members, signature === ARCHIVE_SIGNATURE);
  return Object.fromEntries(Object.entries(members).map(([name, inner]) => [name, plain(inner)]));
}

function plainAsset({ text, path, uri, assets }: Json, archive: boolean): Json {
  if (typeof path === "string" && path !== "") return { kind: archive ? "path" : "file", path };
  if (typeof uri === "string" && uri !== "") return { kind: archive ? "remote-archive" : "remote", uri };
  if (!archive) return { kind: "text", text: text ?? "" };
  const entries = Object.entries((assets ?? {}) as Json).map(([name, entry]) => [name, plain(entry)]);
  return { kind: "archive", entries: Object.fromEntries(entries) };
}

/** Two values as the engine compares them: the order of members does not matter. */
export function same(left: unknown, right: unknown): boolean {
  return ordered(left) === ordered(right);
}

function ordered(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
