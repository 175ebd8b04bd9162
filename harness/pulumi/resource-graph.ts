/** Where something was written: lines and columns from 1. */
export interface SourcePosition {
  /** Relative to the program's folder, with `/`. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** The resource options that the program set, under the names that it gives them. Resources are named by URN.
 * @see https://www.pulumi.com/docs/iac/concepts/options/ */
export interface ResourceOptions {
  readonly protect?: boolean;
  readonly retainOnDelete?: boolean;
  readonly deleteBeforeReplace?: boolean;
  readonly deletedWith?: string;
  readonly ignoreChanges?: readonly string[];
  readonly replaceOnChanges?: readonly string[];
  readonly additionalSecretOutputs?: readonly string[];
  readonly provider?: string;
  readonly customTimeouts?: Readonly<Record<string, string>>;
}

/** Where a resource stands in the program. */
export interface Registered {
  readonly urn?: string;
  /** The parent's URN; absent for a child of the stack. */
  readonly parent?: string;
  /** URNs of the resources that must be there first, sorted. */
  readonly dependencies?: readonly string[];
  readonly position?: SourcePosition;
  readonly options?: ResourceOptions;
}

/** A component: a resource that only groups others. */
export interface Component extends Registered {
  readonly type: string;
  readonly name: string;
  /** Made by a provider's own code: what it holds is not in the graph. */
  readonly remote: boolean;
}

/** One registered resource, as `pulumi up` would send it to the provider. Plain JSON throughout. */
export interface Resource extends Registered {
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
  readonly components: readonly Component[];
  ofType(type: string): readonly Resource[];
  /** By type and physical id. */
  byId(type: string, id: string): Resource | undefined;
  byArn(arn: string): Resource | undefined;
}

export function resourceGraph(resources: readonly Resource[], components: readonly Component[] = []): ResourceGraph {
  const byType = Map.groupBy(resources, (resource) => resource.type);
  const byTypeAndId = new Map(resources.map((resource) => [`${resource.type}\n${resource.id}`, resource]));
  const byArn = new Map<string, Resource>();
  for (const resource of resources) if (resource.arn !== undefined) byArn.set(resource.arn, resource);
  return {
    resources,
    components,
    ofType: (type) => byType.get(type) ?? [],
    byId: (type, id) => byTypeAndId.get(`${type}\n${id}`),
    byArn: (arn) => byArn.get(arn),
  };
}
