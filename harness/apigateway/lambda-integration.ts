import type { InvocationRequest, InvocationResult, InvokeFunction } from "../lambda/invocation-types.ts";

export type StartTimer = (milliseconds: number, callback: () => void) => () => void;

/** How a call of the function ended, seen from the gateway. */
export type CallResult = InvocationResult | { readonly kind: "integration-timed-out" };

export const systemTimer: StartTimer = (milliseconds, callback) => {
  const timer = setTimeout(callback, milliseconds);
  return () => clearTimeout(timer);
};

/** Invokes a function and waits for it no longer than the integration's timeout. Never rejects. */
export function callFunction(
  invoke: InvokeFunction,
  startTimer: StartTimer,
  timeoutMilliseconds: number,
  request: InvocationRequest,
): Promise<CallResult> {
  return new Promise((resolve) => {
    const cancel = startTimer(timeoutMilliseconds, () => resolve({ kind: "integration-timed-out" }));
    const settle = (result: CallResult) => {
      cancel();
      resolve(result);
    };
    guarded(invoke, request).then(settle);
  });
}

/** An invoker that throws is a function that failed: the client must get an answer all the same. */
async function guarded(invoke: InvokeFunction, request: InvocationRequest): Promise<InvocationResult> {
  try {
    return await invoke(request);
  } catch {
    const errorMessage = "the invocation could not be made";
    return { kind: "failed", errorType: "InvocationError", errorMessage, durationMilliseconds: 0 };
  }
}
