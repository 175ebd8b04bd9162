import { AsyncLocalStorage } from "node:async_hooks";
import type { Deployment } from "./identifiers.ts";
import type { ResourceOptions, SourcePosition } from "./resource-graph.ts";
import { framePath, type SourcePositions } from "./source-positions.ts";

type Mocks = typeof import("@pulumi/pulumi/runtime/mocks.js");
type RegisterRequest = import("@pulumi/pulumi/proto/resource_pb.js").RegisterResourceRequest;
type SourceRequest = Pick<RegisterRequest, "getSourceposition" | "getStacktrace">;
type PulumiPosition = NonNullable<ReturnType<RegisterRequest["getSourceposition"]>>;

/** What a registration says besides type, name and inputs. Pulumi's mocks drop it. */
export interface Registering {
  readonly urn: string;
  /** The parent's URN; `undefined` for a child of the stack. */
  readonly parent?: string;
  /** URNs of the resources that must be there first, sorted. */
  readonly dependencies: readonly string[];
  /** Made by a provider's own code and not by the program: a component of another language. */
  readonly remote: boolean;
  readonly position?: SourcePosition;
  readonly options: ResourceOptions;
}

export interface Registrations {
  /** What is being registered; asked for while the mock of a resource is called, before it waits for anything. */
  current(): Registering | undefined;
}

export const STACK_TYPE = "pulumi:pulumi:Stack";

/** Notes what each request of a registration carries, on its way through Pulumi's mock monitor, and gives URNs as the
 * engine does: mocks name the stack in them.
 * @see https://github.com/pulumi/pulumi/blob/master/sdk/nodejs/runtime/mocks.ts
 * @see https://www.pulumi.com/docs/iac/concepts/resources/names/#urns */
export function watchRegistrations(
  { MockMonitor }: Mocks,
  { project, stack }: Deployment,
  positions: SourcePositions,
): Registrations {
  const storage = new AsyncLocalStorage<Registering>();
  const prototype = MockMonitor.prototype;
  const newUrn = (parent: string, type: string, name: string) => {
    const parentType = parent.split("::")[2] ?? "";
    const qualified = parentType === "" || parentType === STACK_TYPE ? type : `${parentType}$${type}`;
    return `urn:pulumi:${stack}::${project}::${qualified}::${name}`;
  };
  Object.assign(prototype, { newUrn });
  const { registerResource } = prototype;
  prototype.registerResource = function (request: RegisterRequest, callback: (...args: unknown[]) => void) {
    const urn = newUrn(request.getParent(), request.getType(), request.getName());
    const registering = { urn, ...readRequest(request, positions) };
    return storage.run(registering, () => Reflect.apply(registerResource, this, [request, callback]));
  };
  return { current: () => storage.getStore() };
}

function readRequest(request: RegisterRequest, positions: SourcePositions): Omit<Registering, "urn"> {
  const parent = request.getParent();
  const position = positions.ownPosition(framesOf(request));
  return {
    ...(parent === "" || parent.split("::")[2] === STACK_TYPE ? {} : { parent }),
    dependencies: [...request.getDependenciesList()].sort(),
    remote: request.getRemote(),
    ...(position === undefined ? {} : { position }),
    options: optionsOf(request),
  };
}

/** Old versions of the SDK send no stack, older ones no position. */
function framesOf(request: Partial<SourceRequest>) {
  const stack = request.getStacktrace?.()?.getFramesList() ?? [];
  const positions = [...stack.map((frame) => frame.getPc()), request.getSourceposition?.()];
  return positions.flatMap((position: PulumiPosition | undefined) =>
    position === undefined || position.getUri() === ""
      ? []
      : [{ path: framePath(position.getUri()), line: position.getLine(), column: position.getColumn() }],
  );
}

/** Those that are set. */
function optionsOf(request: RegisterRequest): ResourceOptions {
  const provider = request.getProvider();
  const timeouts = request.getCustomtimeouts()?.toObject() ?? {};
  const all = {
    protect: request.getProtect(),
    retainOnDelete: request.getRetainondelete?.() ?? false,
    deleteBeforeReplace: request.getDeletebeforereplace(),
    deletedWith: request.getDeletedwith?.() ?? "",
    ignoreChanges: request.getIgnorechangesList(),
    replaceOnChanges: request.getReplaceonchangesList?.() ?? [],
    additionalSecretOutputs: request.getAdditionalsecretoutputsList?.() ?? [],
    // A reference is the provider's URN and its id, which is made up.
    provider: provider.slice(0, Math.max(0, provider.lastIndexOf("::"))),
    customTimeouts: Object.fromEntries(Object.entries(timeouts).filter(([, value]) => value !== "")),
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => isSet(value)));
}

function isSet(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  if (typeof value === "object" && value !== null) return Object.keys(value).length > 0;
  return value !== false && value !== "" && value !== undefined;
}
