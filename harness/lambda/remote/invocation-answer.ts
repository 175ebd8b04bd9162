import type { InvocationResult } from "../invocation-types.ts";

/** What `Invoke` answered, as far as the result needs it. */
export interface InvokeAnswer {
  readonly FunctionError?: string | undefined;
  readonly Payload?: Uint8Array | undefined;
}

const TIMED_OUT = /\bTask timed out after \d+(\.\d+)? seconds$/;

/** The result of a run at an endpoint. AWS reports a timeout as a `FunctionError` whose text alone tells it from others.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
export function resultOfAnswer(answer: InvokeAnswer, durationMilliseconds: number): InvocationResult {
  const payload = Buffer.from(answer.Payload ?? []).toString();
  if (answer.FunctionError === undefined)
    return { kind: "returned", payload: payload === "" ? "null" : payload, durationMilliseconds };
  const { errorType, errorMessage } = functionError(payload);
  if (TIMED_OUT.test(errorMessage)) return { kind: "timed-out", errorMessage, durationMilliseconds };
  return { kind: "failed", errorType, errorMessage, durationMilliseconds };
}

/** The result where the endpoint ran nothing, or was not heard of again. */
export function resultOfRefusal(error: unknown, durationMilliseconds: number): InvocationResult {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  if (name === "TooManyRequestsException") return { kind: "throttled", durationMilliseconds };
  const answered = error instanceof Error && httpStatusOf(error) !== undefined;
  return {
    kind: "failed",
    errorType: answered ? name : "ServiceException",
    errorMessage: answered ? message : `The Lambda endpoint did not answer: ${message || name}`,
    durationMilliseconds,
  };
}

/** The status of the answer that an SDK's error stands for; `undefined` where there was no answer. */
export function httpStatusOf(error: Error): number | undefined {
  const { $metadata } = error as { readonly $metadata?: { readonly httpStatusCode?: number } };
  return $metadata?.httpStatusCode;
}

function functionError(payload: string): { readonly errorType: string; readonly errorMessage: string } {
  try {
    const { errorType, errorMessage } = Object(JSON.parse(payload)) as Readonly<Record<string, unknown>>;
    return { errorType: String(errorType ?? "Unhandled"), errorMessage: String(errorMessage ?? "") };
  } catch {
    return { errorType: "Unhandled", errorMessage: payload };
  }
}
