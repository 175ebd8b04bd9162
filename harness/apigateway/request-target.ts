/** A request target as the gateway understands it, or why it refuses the request. */
export type RequestTarget =
  | {
      readonly kind: "target";
      /** Decoded, as `rawPath` and routing see it; starts with a slash. */
      readonly path: string;
      /** Untouched, without `?`. */
      readonly rawQueryString: string;
    }
  | { readonly kind: "malformed"; readonly reason: string };

/** Splits and decodes a raw request target. API Gateway decodes the path twice and cuts it at a `?` that the first pass
 * brings to light: `%2F` and `%252F` become `/`, `%253F` becomes `?`, `%3F` ends the path, and a percent sign that
 * begins no escape in either pass refuses the request.
 * Seen on AWS: https://github.com/hotsock/voker/blob/main/vokerhttp/testdata/ingress-paths.json */
export function parseRequestTarget(target: string): RequestTarget {
  if (!target.startsWith("/")) return { kind: "malformed", reason: "the request target is not a path" };
  const question = target.indexOf("?");
  const rawPath = question === -1 ? target : target.slice(0, question);
  const rawQueryString = question === -1 ? "" : target.slice(question + 1);
  if (!rawPath.includes("%")) return { kind: "target", path: rawPath, rawQueryString };
  const once = decodeOnce(rawPath);
  const cut = once?.split("?", 1)[0];
  const path = cut === undefined ? undefined : decodeOnce(cut);
  if (path === undefined) return { kind: "malformed", reason: "the path has a percent sign that begins no escape" };
  return { kind: "target", path, rawQueryString };
}

/** Percent-decoding of UTF-8 text, or `undefined` where the text has none. */
function decodeOnce(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

export type QueryParameters = readonly (readonly [name: string, value: string])[];

/** Parameters of a raw query string in order, decoded, `+` as space; escapes that decode to nothing stay as they are. */
export function parseQueryString(rawQueryString: string): QueryParameters {
  const parameters: (readonly [string, string])[] = [];
  for (const piece of rawQueryString.split("&")) {
    if (piece === "") continue;
    const equals = piece.indexOf("=");
    const name = equals === -1 ? piece : piece.slice(0, equals);
    const value = equals === -1 ? "" : piece.slice(equals + 1);
    parameters.push([decodeParameter(name), decodeParameter(value)]);
  }
  return parameters;
}

function decodeParameter(text: string): string {
  if (!/[%+]/.test(text)) return text;
  const spaced = text.replaceAll("+", " ");
  return decodeOnce(spaced) ?? spaced;
}
