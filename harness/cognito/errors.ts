/** The closed family of Cognito's exception names that the harness answers with.
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/CommonErrors.html */
export type CognitoErrorName =
  | "AccessDeniedException"
  | "AliasExistsException"
  | "CodeDeliveryFailureException"
  | "CodeMismatchException"
  | "EnableSoftwareTokenMFAException"
  | "ExpiredCodeException"
  | "GroupExistsException"
  | "IncompleteSignatureException"
  | "InternalErrorException"
  | "InvalidParameterException"
  | "InvalidPasswordException"
  | "InvalidSignatureException"
  | "LimitExceededException"
  | "MissingAuthenticationTokenException"
  | "NotAuthorizedException"
  | "PasswordHistoryPolicyViolationException"
  | "RefreshTokenReuseException"
  | "RequestEntityTooLargeException"
  | "ResourceNotFoundException"
  | "SerializationException"
  | "SoftwareTokenMFANotFoundException"
  | "UnknownOperationException"
  | "UnrecognizedClientException"
  | "UnsupportedOperationException"
  | "UnsupportedTokenTypeException"
  | "UserNotConfirmedException"
  | "UserNotFoundException"
  | "UsernameExistsException";

const brand = Symbol("refusal");

/** A refusal as a value: what the client reads, and the truth for the journal. */
export interface Refusal {
  readonly [brand]: true;
  readonly name: CognitoErrorName;
  /** What the client reads. Never holds a token, password or code. */
  readonly message: string;
  /** What really decided, where the message hides it. Never holds a token, password or code. */
  readonly reason: string;
}

/** Where a text repeats what was sent, it does so to this length: it goes into a header and into the journal. */
const LONGEST_TEXT = 1024;

export function refuse(name: CognitoErrorName, message: string, reason: string = message): Refusal {
  return { [brand]: true, name, message: message.slice(0, LONGEST_TEXT), reason: reason.slice(0, LONGEST_TEXT) };
}

export function isRefusal(value: unknown): value is Refusal {
  return typeof value === "object" && value !== null && brand in value;
}

/** The refusals that several operations share, in Cognito's words. */
export const refusals = {
  invalidParameter: (message: string) => refuse("InvalidParameterException", message),
  wrongCredentials: (reason: string) => refuse("NotAuthorizedException", "Incorrect username or password.", reason),
  unknownUser: () => refuse("UserNotFoundException", "User does not exist."),
  codeMismatch: (reason: string) =>
    refuse("CodeMismatchException", "Invalid verification code provided, please try again.", reason),
  codeExpired: (reason: string) =>
    refuse("ExpiredCodeException", "Invalid code provided, please request a code again.", reason),
  attemptLimit: (reason: string) =>
    refuse("LimitExceededException", "Attempt limit exceeded, please try after some time.", reason),
  unknownPool: (poolId: string) => refuse("ResourceNotFoundException", `User pool ${poolId} does not exist.`),
  unknownClient: (clientId: string) =>
    refuse("ResourceNotFoundException", `User pool client ${clientId} does not exist.`),
  unknownGroup: () => refuse("ResourceNotFoundException", "Group not found."),
} as const;
