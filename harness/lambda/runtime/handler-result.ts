import type { HandlerContext } from "./context.ts";
import type { Handler } from "./handler.ts";
import { runtimeError } from "./runtime-errors.ts";

/** How a handler ended: its value, or what it threw. */
export type HandlerOutcome =
  | { readonly kind: "value"; readonly value: unknown }
  | { readonly kind: "error"; readonly error: unknown };

/** One run of a handler. `settle` is called once; `drained` says that nothing is left that could wake the handler. */
export interface HandlerRun {
  drained(): void;
}

const NOTHING_LEFT =
  "The Lambda runtime client detected an unexpected Node.js exit code. This is most commonly caused by a Promise that was never settled. For more information, see https://nodejs.org/docs/latest/api/process.html#exit-codes";

const neverSettled = (): HandlerOutcome => ({ kind: "error", error: runtimeError("NodeJsExit", NOTHING_LEFT) });

type Settle = (outcome: HandlerOutcome) => void;

function once(settle: Settle): Settle {
  let settled = false;
  return (outcome) => {
    if (settled) return;
    settled = true;
    settle(outcome);
  };
}

/** From Node.js 24: the value or promise that the handler returns, and nothing else. The outcome is taken at the next
 * turn of the event loop, so that a rejection which nobody handles is seen before the response leaves. */
export function runHandler(handler: Handler, event: unknown, context: HandlerContext, settle: Settle): HandlerRun {
  const settleOnce = once(settle);
  const later = (outcome: HandlerOutcome) => setImmediate(settleOnce, outcome);
  const run = async () => handler(event, context);
  run().then(
    (value) => later({ kind: "value", value }),
    (error: unknown) => later({ kind: "error", error }),
  );
  return { drained: () => settleOnce(neverSettled()) };
}

/** Up to Node.js 22: a promise, the callback, or `context.done`, `succeed` and `fail`, whichever comes first.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html */
export function runCallbackHandler(
  handler: Handler,
  event: unknown,
  context: HandlerContext,
  settle: Settle,
): HandlerRun {
  const settleOnce = once(settle);
  let whenDrained = (): void => settleOnce(isAsync(handler) ? neverSettled() : { kind: "value", value: null });
  const done = (error: unknown, value?: unknown) =>
    settleOnce(error === undefined || error === null ? { kind: "value", value } : { kind: "error", error });
  const callback = (error: unknown, value?: unknown) => {
    if ((error !== undefined && error !== null) || !callbackContext.callbackWaitsForEmptyEventLoop) done(error, value);
    else whenDrained = () => done(null, value);
  };
  const callbackContext = {
    ...context,
    callbackWaitsForEmptyEventLoop: true,
    done,
    succeed: (value: unknown) => done(null, value),
    fail: (error: unknown) => done(error ?? "handled"),
  };
  try {
    const result = handler(event, callbackContext, firstOnly(callback));
    if (isThenable(result)) Promise.resolve(result).then(callbackContext.succeed, callbackContext.fail);
  } catch (error) {
    done(error ?? "handled");
  }
  return { drained: () => whenDrained() };
}

function firstOnly(callback: (error: unknown, value?: unknown) => void) {
  let called = false;
  return (error: unknown, value?: unknown) => {
    if (called) return;
    called = true;
    callback(error, value);
  };
}

function isAsync(handler: Handler): boolean {
  return handler.constructor?.name === "AsyncFunction";
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}

/** The response's bytes as JSON text; `undefined` becomes `null`. Throws `Runtime.JSONStringifyError`. */
export function serializeResult(value: unknown): string {
  try {
    return JSON.stringify(value === undefined ? null : value) ?? "null";
  } catch {
    throw runtimeError("JSONStringifyError", "Unable to stringify response body");
  }
}
