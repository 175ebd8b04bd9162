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

/** `..` before an encoded slash, once decoded, would be a way up that a proxy in between has not seen. */
const HIDDEN_WAY_UP = /(?:^|\/)\.\.%2f/i;

/** Splits and decodes a raw request target. API Gateway decodes the path twice and cuts it at a `?` that the first pass
 * brings to light: `%2F` and `%252F` become `/`, `%253F` becomes `?`, `%3F` ends the path, and a percent sign that
 * begins no escape in either pass refuses the request. Then dot segments are resolved, and slashes at the start are one.
 * Seen on AWS: https://github.com/hotsock/voker/blob/main/vokerhttp/testdata/ingress-paths.json */
export function parseRequestTarget(target: string): RequestTarget {
  if (!target.startsWith("/")) return { kind: "malformed", reason: "the request target is not a path" };
  const question = target.indexOf("?");
  const rawPath = question === -1 ? target : target.slice(0, question);
  const rawQueryString = question === -1 ? "" : target.slice(question + 1);
  if (!rawPath.includes("%")) return { kind: "target", path: resolvePath(rawPath), rawQueryString };
  if (HIDDEN_WAY_UP.test(rawPath)) return { kind: "malformed", reason: "the path has `..` before an encoded slash" };
  const once = decodeOnce(rawPath);
  const cut = once?.split("?", 1)[0];
  const path = cut === undefined ? undefined : decodeOnce(cut);
  if (path === undefined) return { kind: "malformed", reason: "the path has a percent sign that begins no escape" };
  return { kind: "target", path: resolvePath(path), rawQueryString };
}

/** A path without dot segments (RFC 3986, section 5.2.4) and with one slash at its start. */
function resolvePath(path: string): string {
  const resolved = path.includes("/.") ? withoutDotSegments(path) : path;
  return resolved.startsWith("//") ? resolved.replace(/^\/+/, "/") : resolved;
}

function withoutDotSegments(path: string): string {
  const kept: string[] = [];
  const segments = path.slice(1).split("/");
  for (const segment of segments) {
    if (segment === "..") kept.pop();
    else if (segment !== ".") kept.push(segment);
  }
  const last = segments.at(-1);
  return `/${kept.join("/")}${(last === "." || last === "..") && kept.length > 0 ? "/" : ""}`;
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
