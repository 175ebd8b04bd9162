import type { Clock } from "../clock.ts";
import type { LambdaFunction } from "./function.ts";
import type { InvokeFunction } from "./invocation.ts";
import type { LogSink } from "./logs.ts";

/** Credentials of one role session, as a sandbox's environment carries them. */
export interface RoleSessionCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/** Assumes a function's role for one sandbox. `currentRequestId` says which gateway request the sandbox works on now. */
export type IssueRoleSession = (request: {
  readonly roleArn: string;
  /** The function's name, as on AWS. */
  readonly sessionName: string;
  readonly currentRequestId: () => string | undefined;
}) => RoleSessionCredentials;

export interface LambdaOptions {
  readonly functions: readonly LambdaFunction[];
  /** A folder of the caller's, outside the project: packages are unpacked here. */
  readonly root: string;
  readonly region: string;
  readonly accountId: string;
  /** The one variable that real Lambda lacks: where the SDK finds the local services. */
  readonly awsEndpointUrl: string;
  readonly issueRoleSession: IssueRoleSession;
  /** The session's sandbox died: its access key is worth nothing from now on. */
  readonly revoke: (accessKeyId: string) => void;
  readonly clock: Clock;
  readonly logSink: LogSink;
  /** A folder with a `node_modules` that holds the SDK which Lambda's runtime has. */
  readonly layerFrom: string;
  /** The most sandboxes of one function; above it invocations wait. */
  readonly maximumSandboxesPerFunction?: number;
}

/** One run of a handler, for tests that must prove that none happened. */
export interface Invocation {
  /** The gateway's request id. */
  readonly requestId: string;
  /** Lambda's own. */
  readonly awsRequestId: string;
  readonly functionName: string;
  readonly coldStart: boolean;
}

export interface FunctionStatistics {
  readonly functionName: string;
  /** Handlers started since the beginning. */
  readonly invocations: number;
  readonly coldStarts: number;
  readonly sandboxes: number;
  readonly busy: number;
  readonly waiting: number;
}

export interface Lambda {
  readonly invoke: InvokeFunction;
  /** Starts one sandbox for each function, so that the first request finds it warm. */
  prewarm(): Promise<void>;
  stats(): readonly FunctionStatistics[];
  /** The newest runs, oldest first. */
  invocations(): readonly Invocation[];
  /** Lets running invocations end for at most `graceMilliseconds`, then kills every sandbox. */
  close(graceMilliseconds?: number): Promise<void>;
}
