/** The part of Pulumi's code for the wire that outputs are made by. */
interface Rpc {
  deserializeProperties(struct: unknown, keepUnknowns?: boolean): Record<string, unknown>;
  deserializeProperty(value: unknown, keepUnknowns?: boolean): unknown;
  resolveProperties(...args: ResolveArguments): void;
}

type Resolver = (value: unknown, isKnown: boolean, isSecret: boolean, dependencies: readonly unknown[]) => void;
type ResolveArguments = [
  resource: object,
  resolvers: Readonly<Record<string, Resolver>>,
  type: string,
  name: string,
  properties: Readonly<Record<string, unknown>>,
  ...rest: unknown[],
];

interface Outputs {
  readonly unknown: object;
  containsUnknowns(value: unknown): boolean;
  isUnknown(value: unknown): boolean;
  output(value: unknown): object;
}

/**
 * Outputs that nobody knows here, as all computed ones are in a preview: what an `apply` would make of them is unknown
 * too, and its function is not called.
 */
export interface UnknownValues {
  /** All outputs of the resource that are not plainly its inputs are unknown from now on. */
  markResource(type: string, name: string): void;
  /** Whether a registered input is or holds an unknown value. */
  within(value: unknown): boolean;
  /** What a provider's function answers, where nobody knows it. */
  readonly answer: Readonly<Record<string, unknown>>;
}

const WHOLE_ANSWER = "unknown answer";

/** Pulumi has unknown values in previews only. This keeps them in an update: it wraps the three functions that values from
 * the engine pass through.
 * @see https://www.pulumi.com/docs/iac/concepts/inputs-outputs/apply/
 * @see https://github.com/pulumi/pulumi/blob/master/sdk/nodejs/runtime/rpc.ts */
export function unknownValues(rpc: Rpc, { unknown, containsUnknowns, isUnknown, output }: Outputs): UnknownValues {
  const marked = new Set<string>();
  const { deserializeProperties, deserializeProperty, resolveProperties } = rpc;
  rpc.deserializeProperty = (value) => deserializeProperty(value, true);
  rpc.deserializeProperties = (struct) => {
    const properties = deserializeProperties(struct, true);
    return isUnknown(properties[WHOLE_ANSWER]) ? (unknown as Record<string, unknown>) : properties;
  };
  rpc.resolveProperties = (...args) => {
    const [resource, resolvers, type, name, properties, ...rest] = args;
    if (!marked.has(`${type}\n${name}`)) return resolveProperties(...args);
    const isInput = ([key]: readonly [string, unknown]) => properties[key] !== undefined;
    const given = Object.fromEntries(Object.entries(resolvers).filter(isInput));
    resolveProperties(resource, given, type, name, properties, ...rest);
    for (const [key, resolve] of Object.entries(resolvers)) if (!(key in given)) resolve(undefined, false, false, []);
  };
  return {
    markResource: (type, name) => marked.add(`${type}\n${name}`),
    within: containsUnknowns,
    answer: { [WHOLE_ANSWER]: output(unknown) },
  };
}
