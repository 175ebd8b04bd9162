/** How sure it is that AWS does so: documented, observed by somebody who shows evidence, inferred, unknown, or told in
 * two ways by the sources. */
export type Confidence = "D" | "O" | "I" | "U" | "conflict";

export type Section =
  | "authorizer"
  | "refusals"
  | "event"
  | "response"
  | "format-1"
  | "routing"
  | "cors"
  | "limits"
  | "lambda"
  | "dynamodb"
  | "cognito"
  | "evaluation";

/** Stands for a member that must not be there: `null` would be a value. */
export const ABSENT = "<absent>";

/** The body of a request: text, bytes in base64, or one character over and over. */
export type Body = string | { readonly base64: string } | { readonly repeat: string; readonly times: number };

/** What a value must be: equal to it, matched by it, or absent. */
export type Expected = unknown;

/** One request to a fixture API, and what must be seen. */
export interface HttpCase {
  readonly name: string;
  /** An API of `echo-stack/apis.json`. */
  readonly api: string;
  /** Method and raw request target, put on the wire as they are. */
  readonly send: string;
  /** In wire order; `<name>` in a value is one of the tokens in `tokens.ts`. `Host` is added unless it is here. */
  readonly headers?: readonly (readonly [name: string, value: string])[];
  readonly body?: Body;
  /** Requests to the same API that go before, as `send`. */
  readonly before?: readonly string[];
  readonly status: number;
  /** By name in lower case; a list demands that many headers of the name, in order. */
  readonly header?: Readonly<Record<string, string | RegExp | readonly string[]>>;
  /** The exact bytes of the answer's body. */
  readonly reply?: string | RegExp;
  /** Members of the answer's JSON body by JSON pointer (RFC 6901): for the echo function, of the event. */
  readonly json?: Readonly<Record<string, Expected>>;
  /** Whether the function was given the event. */
  readonly ran?: boolean;
  /** An entry of this step in the journal has this in its reason. */
  readonly journal?: readonly [step: string, reason: string];
  /** One line of the function's log each, in this order; others may stand between. */
  readonly log?: readonly RegExp[];
  /** No line of the function's log is matched. */
  readonly silent?: RegExp;
  /** The access log entry has these members. */
  readonly access?: Readonly<Record<string, string | RegExp>>;
  /** Cannot be sent to a deployed stack: why. */
  readonly local?: string;
}

/** One call of DynamoDB through the SDK, with a role session that has these statements. */
export interface DynamoDbCase {
  readonly name: string;
  readonly statements: readonly object[];
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** What the SDK's output must hold. */
  readonly output?: Readonly<Record<string, unknown>>;
  readonly error?: {
    readonly name: string;
    readonly message: string | RegExp;
    readonly more?: Readonly<Record<string, unknown>>;
  };
  /** Sent with a signature but without the SDK: the answer's bytes and headers. */
  readonly wire?: { readonly body: string | RegExp; readonly header?: Readonly<Record<string, RegExp>> };
}

/** A case that a test of its own holds: the file, and the test's name as it stands there between quotation marks. */
export interface TestedCase {
  readonly name: string;
  readonly test: ShownBy;
}

/** A case that is held elsewhere under its own name. */
export function tested(file: ShownBy[0], name: string): TestedCase {
  return { name, test: [file, name] };
}

/** A program that must not start, as a part of it is not emulated: changes to a small sound program. */
export interface RefusalCase {
  readonly name: string;
  /** Inputs laid over those of one resource of the program. */
  readonly change: { readonly resource: string; readonly inputs: Readonly<Record<string, unknown>> };
  /** In the fault's text. */
  readonly fault: string;
}

/** One thing that AWS does, and how it is held to be so here. */
export interface Row {
  readonly id: string;
  readonly section: Section;
  /** What AWS does; for an open point, what is open. */
  readonly behaviour: string;
  readonly confidence: readonly [Confidence, ...Confidence[]];
  /** Names of `sources.ts`. */
  readonly sources: readonly string[];
  /** For an open point: what is chosen here, and why it is the safe side. */
  readonly ours?: string;
  /** Why no case can show it here. */
  readonly cannot?: string;
  /** Where else it is shown, as far as it can be. */
  readonly shownBy?: readonly ShownBy[];
  readonly cases: readonly (HttpCase | DynamoDbCase | TestedCase)[];
}

/** A file, and what stands in it as the name of a test, of a group of tests or of a case. */
export type ShownBy = readonly [file: `tests/${string}.ts`, name: string];

/** What is common to the rows of a section, with confidence as the tables of sources write it: `D O`. */
export function rowsOf(section: Section) {
  return (
    id: string,
    confidence: string,
    behaviour: string,
    sources: string,
    more: Pick<Row, "ours" | "cannot" | "shownBy"> & { readonly cases?: Row["cases"] },
  ): Row => {
    const [first, ...others] = confidence.split(" ") as [Confidence, ...Confidence[]];
    const { cases = [], ...rest } = more;
    return {
      id: `${section}/${id}`,
      section,
      behaviour,
      confidence: [first, ...others],
      sources: sources.split(" "),
      ...rest,
      cases,
    };
  };
}

type Seen = Omit<HttpCase, "name" | "api" | "send">;

/** A case on one API. */
export function on(api: string) {
  return (name: string, send: string, seen: Seen): HttpCase => ({ name, api, send, ...seen });
}

const message = (text: string) => `{"message":"${text}"}`;

/** The answers that the gateway makes itself: status, exact body, and the function not reached. */
export const answers = {
  unauthorized: { status: 401, reply: message("Unauthorized"), ran: false },
  forbidden: { status: 403, reply: message("Forbidden"), ran: false },
  notFound: {
    status: 404,
    reply: message("Not Found"),
    ran: false,
    header: { "www-authenticate": ABSENT, allow: ABSENT },
  },
  tooLarge: { status: 413, reply: message("Request Entity Too Large"), ran: false },
  tooMany: { status: 429, reply: message("Too Many Requests"), ran: false },
  serverError: { status: 500, reply: message("Internal Server Error") },
  unavailable: { status: 503, reply: message("Service Unavailable") },
} as const;

export const bearer = (token: string): NonNullable<HttpCase["headers"]> => [["authorization", `Bearer <${token}>`]];
