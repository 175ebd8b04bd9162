import { type HttpApiEvent, readEvent } from "./events.ts";
import { REMOVED_SIGNATURE } from "./read-cases.ts";

/**
 * An event as it may be kept, from the JSON text that a function was given: a JSON Web Token in it, wherever it stands, can
 * be read and used by nobody; other credentials in `Authorization` are left out.
 *
 * @returns `undefined` where it is no event that a replay takes.
 */
export function recordedEvent(payload: string): HttpApiEvent | undefined {
  const read = readEvent(JSON.parse(withoutSignatures(payload)));
  return "refused" in read ? undefined : withoutCredentials(withoutSignaturesInBody(read.event));
}

/** Parts with dots between them, from where they begin: a look at each character but once. */
const DOTTED = /(?<![\w.-])[\w-]+(?:\.[\w-]*){2,}/g;

function withoutSignatures(text: string): string {
  return text.replaceAll(DOTTED, (parts) => {
    const [header = "", claims = "", ...rest] = parts.split(".");
    if (!parts.includes("eyJ")) return parts;
    // An encrypted token has five parts, and its second one is no claims.
    return rest.length === 1 ? `${header}.${claims}.${REMOVED_SIGNATURE}` : "token-removed";
  });
}

/** Forms among others are base64 in an event. */
function withoutSignaturesInBody(event: HttpApiEvent): HttpApiEvent {
  if (event.isBase64Encoded !== true || event.body === undefined) return event;
  const bytes = Buffer.from(event.body, "base64").toString("latin1");
  const kept = withoutSignatures(bytes);
  return kept === bytes ? event : { ...event, body: Buffer.from(kept, "latin1").toString("base64") };
}

const HARMLESS = new RegExp(`^(?:Bearer +)?[\\w-]+\\.[\\w-]+\\.${REMOVED_SIGNATURE}$`, "i");

function withoutCredentials(event: HttpApiEvent): HttpApiEvent {
  const headers = Object.entries(event.headers ?? {}).map(([name, value]) =>
    name.toLowerCase() === "authorization" && !HARMLESS.test(value) ? [name, "removed"] : [name, value],
  );
  return { ...event, headers: Object.fromEntries(headers) };
}
