/** The closed family of errors that the harness raises towards its user; anything else is a defect. */
export type HarnessErrorCode =
  | "USAGE"
  | "PROGRAM_NOT_FOUND"
  | "CONFIGURATION"
  | "EVALUATION_FAILED"
  | "PROGRAM_REFUSED"
  | "PORT_TAKEN"
  | "ENGINE_FAILED"
  | "DATA_DIRECTORY"
  | "TARGET_UNREACHABLE";

/** An error whose message is meant for the user: names the thing and the remedy, and is printed without a stack. */
export class HarnessError extends Error {
  readonly code: HarnessErrorCode;

  constructor(code: HarnessErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "HarnessError";
    this.code = code;
  }
}
