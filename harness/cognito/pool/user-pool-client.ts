import type { FaultCollector } from "../../faults.ts";
import type { Resource } from "../../pulumi/resource-graph.ts";
import { type Inputs, inputsOf } from "../../resources/inputs.ts";
import { physicalNameOf } from "../../resources/physical-name.ts";
import { type SchemaAttribute, STANDARD_ATTRIBUTES } from "./schema-attributes.ts";
import { bounded, lifetimes, readUnits, type TimeUnit, type Units } from "./token-validity.ts";

/** The sign-in flows that a request can name. */
export type AuthFlow =
  | "USER_SRP_AUTH"
  | "USER_PASSWORD_AUTH"
  | "ADMIN_USER_PASSWORD_AUTH"
  | "CUSTOM_AUTH"
  | "REFRESH_TOKEN_AUTH";

/** An app client, as sign-up, sign-in and tokens need it. */
export interface UserPoolClient {
  readonly id: string;
  readonly poolId: string;
  readonly name: string;
  /** Set for a confidential client: every request must then prove that it knows the secret. */
  readonly secret?: string;
  readonly flows: ReadonlySet<AuthFlow>;
  readonly accessTokenSeconds: number;
  readonly idTokenSeconds: number;
  readonly refreshTokenSeconds: number;
  /** How long a challenge can be answered. */
  readonly sessionSeconds: number;
  /** Unknown users get the same answers as known ones. */
  readonly masksUserExistence: boolean;
  readonly revocation: boolean;
  readonly rotation?: { readonly graceSeconds: number };
  readonly readable: ReadonlySet<string>;
  readonly writable: ReadonlySet<string>;
  /** The program's own lists: `DescribeUserPoolClient` shows them, and shows nothing where none was given. */
  readonly declared: {
    readonly explicitAuthFlows?: readonly string[];
    readonly readAttributes?: readonly string[];
    readonly writeAttributes?: readonly string[];
    readonly units: Readonly<Record<"accessToken" | "idToken" | "refreshToken", TimeUnit>>;
    readonly validity: Readonly<Record<"accessToken" | "idToken" | "refreshToken", number | undefined>>;
  };
}

/** The spellings of `explicitAuthFlows`; the ones without `ALLOW_` are the legacy names of the same flows. */
const FLOW_SPELLINGS: ReadonlyMap<string, AuthFlow> = new Map<string, AuthFlow>([
  ["ALLOW_USER_SRP_AUTH", "USER_SRP_AUTH"],
  ["ALLOW_USER_PASSWORD_AUTH", "USER_PASSWORD_AUTH"],
  ["ALLOW_ADMIN_USER_PASSWORD_AUTH", "ADMIN_USER_PASSWORD_AUTH"],
  ["ALLOW_CUSTOM_AUTH", "CUSTOM_AUTH"],
  ["ALLOW_REFRESH_TOKEN_AUTH", "REFRESH_TOKEN_AUTH"],
  ["USER_PASSWORD_AUTH", "USER_PASSWORD_AUTH"],
  ["ADMIN_NO_SRP_AUTH", "ADMIN_USER_PASSWORD_AUTH"],
]);

/** With no list at all: SRP, custom and refresh. The legacy names always leave SRP and refresh on. */
const FLOWS_WHEN_UNSET: readonly AuthFlow[] = ["USER_SRP_AUTH", "CUSTOM_AUTH", "REFRESH_TOKEN_AUTH"];

export interface ClientContext {
  readonly schema: ReadonlyMap<string, SchemaAttribute>;
  readonly tier: string;
}

/** Reads one client; what is not emulated, or what AWS would refuse, becomes a fault.
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPoolClient.html */
export function readUserPoolClient(resource: Resource, pool: ClientContext, faults: FaultCollector): UserPoolClient {
  const settings = inputsOf(resource, faults);
  refuseFederation(settings);
  const flows = readFlows(settings);
  const rotation = readRotation(settings, flows, pool.tier);
  const secret = readSecret(settings, resource);
  const units = readUnits(settings);
  return {
    id: resource.id,
    poolId: settings.text("userPoolId") ?? "",
    name: physicalNameOf(resource),
    ...(secret === undefined ? {} : { secret }),
    flows,
    ...lifetimes(settings, units),
    sessionSeconds: bounded(settings, "authSessionValidity", settings.number("authSessionValidity") ?? 3, 3, 15) * 60,
    masksUserExistence: readMasking(settings),
    revocation: settings.flag("enableTokenRevocation") ?? true,
    ...(rotation === undefined ? {} : { rotation }),
    readable: attributeSet(settings, "readAttributes", pool.schema),
    writable: attributeSet(settings, "writeAttributes", pool.schema),
    declared: declaredLists(settings, units),
  };
}

function refuseFederation(settings: Inputs): void {
  if (settings.texts("supportedIdentityProviders").some((provider) => provider !== "COGNITO")) {
    settings.fault("supportedIdentityProviders", "is refused: federated sign-in is not emulated; only COGNITO is");
  }
}

function readFlows(settings: Inputs): ReadonlySet<AuthFlow> {
  const spellings = settings.texts("explicitAuthFlows");
  if (spellings.length === 0) return new Set(FLOWS_WHEN_UNSET);
  const flows = new Set<AuthFlow>();
  for (const spelling of spellings) {
    const flow = FLOW_SPELLINGS.get(spelling);
    if (flow === undefined) settings.fault("explicitAuthFlows", `is refused: ${spelling} is not emulated`);
    else flows.add(flow);
  }
  const modern = spellings.filter((spelling) => spelling.startsWith("ALLOW_")).length;
  if (modern === 0) for (const flow of FLOWS_WHEN_UNSET) flows.add(flow);
  else if (modern < spellings.length) {
    settings.fault("explicitAuthFlows", "mixes names with and without ALLOW_, which AWS refuses");
  }
  return flows;
}

function readRotation(
  settings: Inputs,
  flows: ReadonlySet<AuthFlow>,
  tier: string,
): { readonly graceSeconds: number } | undefined {
  const block = settings.block("refreshTokenRotation");
  const feature = block.text("feature");
  if (feature !== undefined && feature !== "ENABLED" && feature !== "DISABLED") {
    block.fault("feature", "must be ENABLED or DISABLED");
  }
  if (feature !== "ENABLED") return undefined;
  if (tier === "LITE") settings.fault("refreshTokenRotation", "needs the pool's `userPoolTier` ESSENTIALS or PLUS");
  if (flows.has("REFRESH_TOKEN_AUTH")) {
    settings.fault("refreshTokenRotation", "cannot go with ALLOW_REFRESH_TOKEN_AUTH; take that out of the flows");
  }
  const grace = block.number("retryGracePeriodSeconds") ?? 0;
  return { graceSeconds: bounded(block, "retryGracePeriodSeconds", grace, 0, 60) };
}

function readSecret(settings: Inputs, resource: Resource): string | undefined {
  if (settings.flag("generateSecret") !== true) return undefined;
  const secret = resource.outputs.clientSecret;
  if (typeof secret === "string" && secret !== "") return secret;
  settings.fault("generateSecret", "is true, but the graph holds no `clientSecret` for the client");
  return undefined;
}

/** The API's own default is LEGACY; the console's ENABLED is written out by whoever wants it. */
function readMasking(settings: Inputs): boolean {
  const mode = settings.text("preventUserExistenceErrors") ?? "LEGACY";
  if (mode !== "ENABLED" && mode !== "LEGACY") {
    settings.fault("preventUserExistenceErrors", "must be ENABLED or LEGACY");
  }
  return mode !== "LEGACY";
}

/** With no list, the standard attributes and not the custom ones, as the API reference says. */
function attributeSet(
  settings: Inputs,
  name: string,
  schema: ReadonlyMap<string, SchemaAttribute>,
): ReadonlySet<string> {
  const listed = settings.texts(name);
  if (listed.length === 0) return new Set(STANDARD_ATTRIBUTES.keys());
  for (const attribute of listed) {
    if (!schema.has(attribute)) settings.fault(name, `names ${attribute}, which the pool's schema does not have`);
  }
  return new Set(listed);
}

function declaredLists(settings: Inputs, units: Units): UserPoolClient["declared"] {
  const given = ["explicitAuthFlows", "readAttributes", "writeAttributes"].filter((name) => settings.has(name));
  return {
    ...Object.fromEntries(given.map((name) => [name, settings.texts(name)])),
    units,
    validity: {
      accessToken: settings.number("accessTokenValidity"),
      idToken: settings.number("idTokenValidity"),
      refreshToken: settings.number("refreshTokenValidity"),
    },
  };
}
