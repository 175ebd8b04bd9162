/** How one invocation ended, as the invoking service sees it. `payload` is the function's JSON, byte for byte. */
export type InvocationResult =
  | { readonly kind: "returned"; readonly payload: string; readonly durationMilliseconds: number }
  | {
      readonly kind: "failed";
      readonly errorType: string;
      readonly errorMessage: string;
      readonly durationMilliseconds: number;
    }
  | { readonly kind: "timed-out"; readonly errorMessage: string; readonly durationMilliseconds: number }
  | { readonly kind: "throttled"; readonly durationMilliseconds: number };

export interface InvocationRequest {
  readonly functionArn: string;
  /** The event as JSON text. */
  readonly payload: string;
  /** The gateway's request id: journal entries of this invocation carry it. */
  readonly requestId: string;
  /** `Root=1-…`: what Lambda puts in `_X_AMZN_TRACE_ID`. */
  readonly traceId?: string;
}

/** Runs a function of the graph. Never rejects: a broken function is a result. */
export type InvokeFunction = (request: InvocationRequest) => Promise<InvocationResult>;

/** One run of a handler, for tests that must prove that none happened. */
export interface Invocation {
  /** The gateway's request id. */
  readonly requestId: string;
  /** Lambda's own. */
  readonly awsRequestId: string;
  readonly functionName: string;
  readonly coldStart: boolean;
}
