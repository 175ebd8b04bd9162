/** A response in payload format 2.0. */
export interface HttpResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** One thing that is wrong with one field, parameter or header of a request. */
export interface FieldError {
  readonly field: string;
  readonly message: string;
}

/** Every answer is about one signed-in user: no cache may keep it, and no browser may guess at its type. */
const privateAnswer = { "cache-control": "no-store", "x-content-type-options": "nosniff" };

/** Unknown names come from the request, so their number and length are bounded before they are sent back. */
const shownErrors = 20;
const shownFieldCharacters = 100;

export function json(
  statusCode: number,
  content: unknown,
  headers: Readonly<Record<string, string>> = {},
): HttpResponse {
  return {
    statusCode,
    headers: { "content-type": "application/json", ...privateAnswer, ...headers },
    body: JSON.stringify(content),
  };
}

export function noContent(): HttpResponse {
  return { statusCode: 204, headers: { ...privateAnswer } };
}

/** A refusal or failure in API Gateway's own form, `{"message":"…"}`. */
export function message(statusCode: number, text: string): HttpResponse {
  return json(statusCode, { message: text });
}

/** The one answer for an id that is missing, malformed, or another user's: byte for byte the same. */
export function notFound(): HttpResponse {
  return message(404, "Not Found");
}

export function badRequest(text: string, errors: readonly FieldError[]): HttpResponse {
  const shown = errors.slice(0, shownErrors).map((error) => ({
    field: error.field.slice(0, shownFieldCharacters),
    message: error.message,
  }));
  return json(400, { message: text, errors: shown });
}
