import type { Archive, Asset, Resource } from "../../harness/pulumi/resource-graph.ts";

/** A resource as the engine asked the provider for it. */
export interface RegisteredResource {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** How many resources an operation did what to, as the engine sums it up: `create`, `update`, `same`, … */
export type ChangeSummary = Readonly<Record<string, number>>;

/**
 * What differs between the resources that the engine registered and the harness's graph, one sentence each: a resource
 * that one has alone, an input that is not equal, a file of a package that is not the same to the byte.
 */
export function resourceDifferences(
  registered: readonly RegisteredResource[],
  graph: readonly RegisteredResource[],
): readonly string[] {
  const ofEngine = byKey(registered);
  const ofHarness = byKey(graph);
  const keys = [...new Set([...ofEngine.keys(), ...ofHarness.keys()])].sort();
  return keys.flatMap((key) => {
    const [engine, harness] = [ofEngine.get(key), ofHarness.get(key)];
    if (engine === undefined) return [`${key}: the engine does not register it`];
    if (harness === undefined) return [`${key}: the harness's graph lacks it`];
    return inputDifferences(engine.inputs, harness.inputs).map((difference) => `${key}: ${difference}`);
  });
}

function byKey(resources: readonly RegisteredResource[]): ReadonlyMap<string, RegisteredResource> {
  return new Map(resources.map((resource) => [`${resource.type} ${resource.name}`, resource]));
}

function inputDifferences(engine: Resource["inputs"], harness: Resource["inputs"]): readonly string[] {
  const names = [...new Set([...Object.keys(engine), ...Object.keys(harness)])].sort();
  return names.flatMap((name) => valueDifferences(name, engine[name], harness[name]));
}

function valueDifferences(path: string, engine: unknown, harness: unknown): readonly string[] {
  const [left, right] = [archiveEntries(engine), archiveEntries(harness)];
  if (left !== undefined && right !== undefined) return packageDifferences(path, left, right);
  if (isRecord(engine) && isRecord(harness))
    return inputDifferences(engine, harness).map((difference) => `${path}.${difference}`);
  const [a, b] = [JSON.stringify(engine), JSON.stringify(harness)];
  return a === b ? [] : [`${path} is ${shown(a)} for the engine and ${shown(b)} for the harness`];
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

type Entries = Readonly<Record<string, Asset | Archive>>;

function archiveEntries(value: unknown): Entries | undefined {
  return isRecord(value) && value.kind === "archive" ? (value as { readonly entries: Entries }).entries : undefined;
}

function packageDifferences(path: string, engine: Entries, harness: Entries): readonly string[] {
  const names = [...new Set([...Object.keys(engine), ...Object.keys(harness)])].sort();
  return names.flatMap((name) => {
    const [left, right] = [engine[name], harness[name]];
    if (left === undefined || right === undefined)
      return [`${path}/${name} is only in the ${left === undefined ? "harness's" : "engine's"} package`];
    const [inner, other] = [archiveEntries(left), archiveEntries(right)];
    if (inner !== undefined && other !== undefined) return packageDifferences(`${path}/${name}`, inner, other);
    if (left.kind === "text" && right.kind === "text") return textDifference(`${path}/${name}`, left.text, right.text);
    return JSON.stringify(left) === JSON.stringify(right) ? [] : [`${path}/${name} is not the same file`];
  });
}

function textDifference(path: string, engine: string, harness: string): readonly string[] {
  const [left, right] = [Buffer.from(engine), Buffer.from(harness)];
  if (left.equals(right)) return [];
  const at = left.findIndex((byte, index) => byte !== right[index]);
  return [`${path} differs from byte ${at === -1 ? left.length : at} on (${left.length} and ${right.length} bytes)`];
}

const SHOWN_CHARACTERS = 200;

function shown(text: string | undefined): string {
  if (text === undefined) return "missing";
  return text.length <= SHOWN_CHARACTERS ? text : `${text.slice(0, SHOWN_CHARACTERS)}…`;
}

/** What an operation did that it should not have, or did not do that it should have; `same` may be of any number. */
export function changeDifferences(summary: ChangeSummary, wanted: ChangeSummary = {}): readonly string[] {
  const kinds = [...new Set([...Object.keys(summary), ...Object.keys(wanted)])].filter((kind) => kind !== "same");
  return kinds.flatMap((kind) => {
    const [found = 0, expected = 0] = [summary[kind], wanted[kind]];
    return found === expected ? [] : [`${found} resources to ${kind} in place of ${expected}`];
  });
}

export interface DeployedResource {
  readonly urn: string;
  readonly parent?: string;
  readonly dependencies?: readonly string[];
}

/** What differs between the state that the engine wrote and the graph: the parent of each resource, and what it needs. */
export function edgeDifferences(
  deployed: readonly DeployedResource[],
  graph: readonly Pick<Resource, "urn" | "parent" | "dependencies">[],
): readonly string[] {
  const byUrn = new Map(deployed.map((resource) => [resource.urn, resource]));
  return graph.flatMap(({ urn = "", parent, dependencies = [] }) => {
    const found = byUrn.get(urn);
    if (found === undefined) return [`${urn}: is not in the engine's state`];
    const theirs = found.parent?.includes("pulumi:pulumi:Stack") === true ? undefined : found.parent;
    const edges = [...(found.dependencies ?? [])].sort();
    return [
      ...(theirs === parent ? [] : [`${urn}: its parent is ${theirs} for the engine and ${parent} for the harness`]),
      ...(JSON.stringify(edges) === JSON.stringify([...dependencies].sort())
        ? []
        : [`${urn}: depends on ${edges.join(", ")} for the engine and on ${dependencies.join(", ")} for the harness`]),
    ];
  });
}
