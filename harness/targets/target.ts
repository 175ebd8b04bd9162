import type { TestTokenRequest } from "../cognito/test-tokens.ts";
import type { GateObservation } from "../dynamodb/observation.ts";
import type { HeaderList } from "../http.ts";
import type { JournalEntry } from "../journal.ts";
import type { Invocation, InvocationResult } from "../lambda/invocation-types.ts";

/** What a target cannot do or show, with the reason, in a sentence for the reader of a report. */
export interface NotShown {
  readonly notShown: string;
}

/** A capability: the way to ask, or why there is none. */
export type Shown<Ask> = Ask | NotShown;

export function isShown<Ask extends object>(capability: Shown<Ask>): capability is Ask {
  return !("notShown" in capability);
}

export type TargetKind = "local" | "handlers" | "endpoint" | "url";

export interface TargetApi {
  readonly name: string;
  /** Absent where no id is known: a URL alone was given. */
  readonly apiId?: string;
  /** Where requests go, with the stage's path if it has one and no slash at the end. */
  readonly url: string;
}

export interface TargetRoute {
  readonly apiId: string;
  readonly routeKey: string;
  readonly functionArn: string;
}

/** A request as it goes onto the wire: nothing is encoded, added or merged but `Host` and `Content-Length`, where they
 * are left out. */
export interface TargetRequest {
  /** Any token, or what is none. */
  readonly method: string;
  /** The request target behind the API's URL, raw: `/a%2Fb?c=%00`. */
  readonly target: string;
  readonly headers?: HeaderList;
  readonly body?: string | Buffer;
  /** Where the target has several APIs: the id of one. Default: the first. */
  readonly apiId?: string;
}

export interface TargetResponse {
  readonly status: number;
  /** In wire order; a name may come twice. */
  readonly headers: HeaderList;
  readonly body: Buffer;
  readonly durationMilliseconds: number;
  /** The gateway's id of the request: what the questions below are asked by. Absent where the answer names none. */
  readonly requestId?: string;
}

export interface TargetInvocation {
  readonly functionArn: string;
  /** The event as JSON text. */
  readonly payload: string;
}

/** A function's answer; `requestId` is what the questions are asked by. */
export type TargetInvocationResult = InvocationResult & { readonly requestId: string };

/** Somebody who has signed in. */
export interface SignedIn {
  readonly username: string;
  readonly sub: string;
  readonly accessToken: string;
  readonly idToken: string;
  readonly refreshToken: string;
}

/** A user whose password is known. */
export interface TargetUser {
  readonly username: string;
  readonly password: string;
}

/** Where a target's people sign in. */
export interface TargetUserPool {
  readonly userPoolId: string;
  readonly clientId: string;
  /** Cognito's API, and below it, by the pool's id, the keys that sign its tokens. */
  readonly endpointUrl: string;
}

export interface MovableClock {
  /** Lets time pass for the target at once. Never backwards. */
  advance(milliseconds: number): void;
  nowMilliseconds(): number;
}

/**
 * What can be attacked and replayed on. Everything beyond its name is either there or `notShown` with the reason, so
 * that nobody takes what was not looked at for what was found in order.
 */
export interface Target {
  readonly kind: TargetKind;
  /** For reports: `local: stack dev of orders`. */
  readonly name: string;
  /** Empty where no gateway stands. */
  readonly apis: readonly TargetApi[];
  /** Absent where none is known. */
  readonly userPool?: TargetUserPool;
  /** Names of the people who were given and not made, in their order. */
  readonly givenNames?: readonly string[];
  /** Rejects with a `HarnessError` TARGET_UNREACHABLE where nothing answers. */
  readonly send: Shown<(request: TargetRequest) => Promise<TargetResponse>>;
  readonly invoke: Shown<(invocation: TargetInvocation) => Promise<TargetInvocationResult>>;
  readonly routes: Shown<() => Promise<readonly TargetRoute[]>>;
  /** Signs somebody in at the user pool. The same name is the same person; who is not there yet is made, and removed by
   * `close`. */
  readonly signIn: Shown<(name: string) => Promise<SignedIn>>;
  /** Another person than the first who signed in: `signIn` for the second name. */
  readonly signInSecond: Shown<(name: string) => Promise<SignedIn>>;
  /** Signs any claims with the pool's own key. */
  readonly mintToken: Shown<(request: TestTokenRequest) => Promise<string>>;
  /** The runs of functions that a request led to: none is the proof that it was refused before compute. */
  readonly invocationsOf: Shown<(requestId: string) => Promise<readonly Invocation[]>>;
  /** What a request asked of the tables at their own door, and the items that it read and wrote. */
  readonly observationsOf: Shown<(requestId: string) => Promise<readonly GateObservation[]>>;
  readonly tableNames: Shown<() => Promise<readonly string[]>>;
  /** All items of a table as it holds them, past every policy. */
  readonly rawItems: Shown<(tableName: string) => Promise<readonly Readonly<Record<string, unknown>>[]>>;
  /** Each decision that was taken on a request, with its reason. */
  readonly journalOf: Shown<(requestId: string) => Promise<readonly JournalEntry[]>>;
  readonly clock: Shown<MovableClock>;
  /** Ends what the target started and removes what it made. Safe to call again. */
  close(): Promise<void>;
}

/** Every capability's name, for a table of what a target shows. */
export const CAPABILITIES = [
  "send",
  "invoke",
  "routes",
  "signIn",
  "signInSecond",
  "mintToken",
  "invocationsOf",
  "observationsOf",
  "tableNames",
  "rawItems",
  "journalOf",
  "clock",
] as const satisfies readonly (keyof Target)[];
