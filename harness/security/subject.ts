import type { HttpApi, JwtAuthorizerConfiguration, Route } from "../apigateway/http-api.ts";
import type { SigningAlgorithm } from "../cognito/tokens.ts";
import type { GateObservation } from "../dynamodb/observation.ts";
import type { Credentials } from "../iam/credentials.ts";
import type { Model } from "../model.ts";
import type { Target, TargetResponse } from "../targets/target.ts";
import type { SecurityProfile } from "./profile.ts";
import type { SeededRandom } from "./random.ts";
import type { WireRequest } from "./wire-request.ts";

/** A running system as an attacker meets it, together with what the judge may see of its inside. */
export interface Subject {
  readonly target: Target;
  /** The program's resources, read: what there is to attack follows from them. */
  readonly model: Model;
  readonly routes: readonly RouteUnderTest[];
  readonly profile: SecurityProfile | undefined;
  readonly random: SeededRandom;
  readonly identity: Identity;
  /** Absent where the target does not run on this machine. */
  readonly local: LocalInsight | undefined;
  /** The program as its other stacks configure it; absent where only one is looked at. */
  readonly otherStacks?: () => Promise<readonly OtherStack[]>;
  /** Waits out an answer of 429, unless the request is `impatient`. Rejects when no answer comes. */
  send(
    route: Pick<RouteUnderTest, "api"> & Partial<Pick<RouteUnderTest, "route">>,
    request: WireRequest,
    impatient?: boolean,
  ): Promise<Answer>;
}

/** A stack that is not the one that is attacked: its resources, or why it cannot be read. */
export interface OtherStack {
  readonly stack: string;
  readonly read: Model | { readonly refused: string };
}

/** One route, with a request that reaches it. */
export interface RouteUnderTest {
  readonly api: HttpApi;
  readonly route: Route;
  /** Of the API, for `curl` lines. */
  readonly baseUrl: string;
  /** `GET` for `ANY` and `$default`. */
  readonly method: string;
  /** The stage's segment, where the URL lacks it, and the route's path with made-up parameters. */
  readonly path: string;
}

export interface Answer extends Omit<TargetResponse, "body"> {
  readonly text: string;
}

/** A user for whom tokens can be had. */
export interface Person {
  readonly name: string;
  readonly sub: string;
}

export interface TokenOptions {
  readonly tokenUse?: "access" | "id";
  /** Laid over the issuer's claims; `null` takes one away. */
  readonly claims?: Readonly<Record<string, unknown>>;
  /** Zero or less makes an expired token. */
  readonly expiresInSeconds?: number;
  /** Default: the one that the issuer's keys name. */
  readonly algorithm?: SigningAlgorithm;
}

/** Where tokens come from. */
export interface Identity {
  /** Somebody new, or, where people are given, the next of them; `undefined` where there is nobody (more). */
  person(name: string): Promise<Person | undefined>;
  /** A token that this authorizer takes, unless `options` spoil it; `undefined` where it cannot be had. */
  token(
    authorizer: JwtAuthorizerConfiguration,
    scopes: readonly string[],
    person: Person,
    options?: TokenOptions,
  ): Promise<string | undefined>;
  /** Why no tokens are made to order; `undefined` where they are. */
  readonly cannotMint: string | undefined;
  /** Whether all checks share two people, so that what one check does to their things another one sees. */
  readonly shared: boolean;
  /** The keys that an issuer publishes; none where they cannot be fetched. */
  publishedKeys(issuer: string): Promise<readonly PublishedKey[]>;
}

export interface PublishedKey {
  readonly kid: string;
  readonly n: string;
  readonly e: string;
  readonly kty: string;
  readonly alg?: string;
}

/** What can be seen of a target that runs in processes of this machine. */
export interface LocalInsight {
  /** All that the tables were asked for since the start. */
  observations(): readonly GateObservation[];
  /** All that was printed: functions' logs and access logs. */
  lines(): readonly string[];
  readonly awsEndpointUrl: string;
  readonly clock: HeldClock;
  /** Credentials of a role of the program, as its functions have them. */
  roleSession(roleArn: string): Required<Credentials>;
  /** Credentials that may do everything at the tables' door. */
  readonly administrator: Credentials;
  /** Texts that must appear in no output: keys that the target holds. */
  readonly secrets: readonly string[];
}

/** The target's clock, which attacks on time may move and hold. */
export interface HeldClock {
  nowMilliseconds(): number;
  advance(milliseconds: number): void;
  /** While `run` runs no time passes. */
  held<Value>(run: () => Promise<Value>): Promise<Value>;
}
