/** One registered resource, as `pulumi up` would send it to the provider. Plain JSON throughout. */
export interface Resource {
  /** Pulumi's type token, e.g. `aws:lambda/function:Function`. */
  readonly type: string;
  /** The logical name: what the program calls it. */
  readonly name: string;
  /** The physical id, invented in AWS's form. */
  readonly id: string;
  readonly arn?: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Names of the inputs that are a secret or hold one: their values are for the provider and not for a reader. */
  readonly secretInputs?: readonly string[];
  /** Inputs together with what the provider would have computed. */
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** An asset inside `aws:lambda/function:Function`'s `code` input, JSON form. Paths are absolute. */
export type Asset =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "remote"; readonly uri: string };

/** An archive: a map of archive paths to assets or nested archives, a folder, or a zip file on disk. */
export type Archive =
  | { readonly kind: "archive"; readonly entries: Readonly<Record<string, Asset | Archive>> }
  | { readonly kind: "path"; readonly path: string }
  | { readonly kind: "remote-archive"; readonly uri: string };

/** The evaluated program's resources; edges are the ids and ARNs that stand in inputs. */
export interface ResourceGraph {
  readonly resources: readonly Resource[];
  ofType(type: string): readonly Resource[];
  /** By type and physical id. */
  byId(type: string, id: string): Resource | undefined;
  byArn(arn: string): Resource | undefined;
}

export function resourceGraph(resources: readonly Resource[]): ResourceGraph {
  const byType = Map.groupBy(resources, (resource) => resource.type);
  const byTypeAndId = new Map(resources.map((resource) => [`${resource.type}\n${resource.id}`, resource]));
  const byArn = new Map<string, Resource>();
  for (const resource of resources) if (resource.arn !== undefined) byArn.set(resource.arn, resource);
  return {
    resources,
    ofType: (type) => byType.get(type) ?? [],
    byId: (type, id) => byTypeAndId.get(`${type}\n${id}`),
    byArn: (arn) => byArn.get(arn),
  };
}
