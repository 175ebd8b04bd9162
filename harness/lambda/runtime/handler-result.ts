import type { HandlerContext } from "./context.ts";
import type { Handler } from "./handler.ts";
import { runtimeError } from "./runtime-errors.ts";

/** How a handler ended: its value, or what it threw. */
export type HandlerOutcome =
  | { readonly kind: "value"; readonly value: unknown }
  | { readonly kind: "error"; readonly error: unknown };

/** One run of a handler. Its `Settle` is called once, whatever the handler does. */
export interface HandlerRun {
  /** Says that the event loop is empty: nothing is left that could wake the handler. */
  drained(): void;
}

export type Settle = (outcome: HandlerOutcome) => void;

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
 * A value given to the callback waits for an empty event loop, unless the handler sets
 * `context.callbackWaitsForEmptyEventLoop` to false; all else is an outcome at once. A handler that is not async and
 * leaves an empty event loop without a word has returned `null`.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html */
export function runCallbackHandler(
  handler: Handler,
  event: unknown,
  context: HandlerContext,
  settle: Settle,
): HandlerRun {
  const settleOnce = once(settle);
  const done = (error: unknown, value?: unknown) => settleOnce(callbackOutcome(error, value));
  const succeed = (value: unknown) => done(null, value);
  const fail = (error: unknown) => done(error ?? "handled");
  const callbackContext = { ...context, callbackWaitsForEmptyEventLoop: true, done, succeed, fail };
  let outcomeWhenDrained = isAsync(handler) ? neverSettled : () => callbackOutcome(null, null);
  const callback = once((error: unknown, value?: unknown) => {
    const outcome = callbackOutcome(error, value);
    if (outcome.kind === "value" && callbackContext.callbackWaitsForEmptyEventLoop) outcomeWhenDrained = () => outcome;
    else settleOnce(outcome);
  });
  try {
    const result = handler(event, callbackContext, callback);
    // By way of the context, as AWS's runtime does it: a handler may have put functions of its own there.
    if (isThenable(result)) Promise.resolve(result).then(callbackContext.succeed, callbackContext.fail);
  } catch (error) {
    fail(error);
  }
  return { drained: () => settleOnce(outcomeWhenDrained()) };
}

/** Node.js's convention: an error first, `null` or `undefined` where there is none, then the value. */
function callbackOutcome(error: unknown, value: unknown): HandlerOutcome {
  return error === undefined || error === null ? { kind: "value", value } : { kind: "error", error };
}

const NOTHING_LEFT =
  "The Lambda runtime client detected an unexpected Node.js exit code. This is most commonly caused by a Promise that was never settled. For more information, see https://nodejs.org/docs/latest/api/process.html#exit-codes";

function neverSettled(): HandlerOutcome {
  return { kind: "error", error: runtimeError("NodeJsExit", NOTHING_LEFT) };
}

/** The function, deaf to all calls but the first. */
function once<Parameters extends readonly unknown[]>(call: (...parameters: Parameters) => void) {
  let called = false;
  return (...parameters: Parameters): void => {
    if (called) return;
    called = true;
    call(...parameters);
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
