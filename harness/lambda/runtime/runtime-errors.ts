/** An error as the runtime reports it to Lambda.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-exceptions.html */
export interface ErrorPayload {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace: readonly string[];
}

export type RuntimeErrorName =
  | "CallbackHandlerDeprecated"
  | "HandlerNotFound"
  | "ImportModuleError"
  | "JSONStringifyError"
  | "MalformedHandlerName"
  | "MalformedStreamingHandler"
  | "NodeJsExit"
  | "UnhandledPromiseRejection"
  | "UserCodeSyntaxError";

/** One of the runtime's own errors; its `errorType` is `Runtime.` and the name. */
export function runtimeError(name: RuntimeErrorName, message: string, extra: Readonly<Record<string, unknown>> = {}) {
  const error = new Error(message);
  error.name = `Runtime.${name}`;
  error.stack = `${error.name}: ${message}${stackFrames(error)}`;
  return Object.assign(error, extra);
}

function stackFrames(error: Error): string {
  const frames = error.stack?.indexOf("\n    at ") ?? -1;
  return frames === -1 ? "" : (error.stack ?? "").slice(frames);
}

/** The payload of whatever a handler threw or rejected with. Never throws, whatever getters the value has. */
export function errorPayload(thrown: unknown): ErrorPayload {
  try {
    if (!(thrown instanceof Error)) return { errorType: typeof thrown, errorMessage: String(thrown), trace: [] };
    return {
      errorType: printable(thrown.name),
      errorMessage: printable(thrown.message),
      trace: printable(thrown.stack ?? "").split("\n"),
    };
  } catch {
    return {
      errorType: "handled",
      errorMessage:
        "callback called with Error argument, but there was a problem while retrieving one or more of its message, name, and stack",
      trace: [],
    };
  }
}

/** The DEL character is not allowed in what the runtime posts. */
function printable(text: unknown): string {
  return String(text).replaceAll("\x7F", "%7F");
}

export function intoError(thrown: unknown): Error {
  if (thrown instanceof Error) return thrown;
  try {
    return new Error(String(thrown));
  } catch {
    return new Error("a value that cannot be printed");
  }
}
