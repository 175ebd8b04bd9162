import type { Clock } from "../clock.ts";
import type { AuthorizationHeader } from "./authorization-header.ts";
import type { HeaderValues } from "./canonical-request.ts";

export const MISMATCH =
  "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key " +
  "and signing method. Consult the service documentation for details.";

export function scopeFault(
  { scope, terminator }: AuthorizationHeader,
  wanted: { readonly region: string; readonly service: string; readonly date: string },
): string | undefined {
  if (scope.region !== wanted.region)
    return `Credential should be scoped to a valid region, not '${quoted(scope.region)}'.`;
  if (scope.service !== wanted.service) return `Credential should be scoped to correct service: '${wanted.service}'.`;
  if (terminator !== "aws4_request") return "Credential should be scoped with a valid terminator: 'aws4_request'.";
  if (scope.date !== wanted.date.slice(0, 8)) {
    return "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP.";
  }
  return undefined;
}

/** What a client sent, safe to show: short and printable. */
function quoted(text: string): string {
  return text.replace(/[^\w-]/g, "?").slice(0, 32);
}

const SKEW_MILLISECONDS = 5 * 60_000;

export function timeFault(date: string, clock: Clock): string | undefined {
  const signed = parseBasicDate(date);
  if (signed === undefined) return "Date must be in ISO-8601 'basic format'.";
  const now = clock.nowMilliseconds();
  const bound = (offset: number) => basicDate(now + offset);
  if (signed < now - SKEW_MILLISECONDS) {
    return `Signature expired: ${date} is now earlier than ${bound(-SKEW_MILLISECONDS)} (${bound(0)} - 5 min.)`;
  }
  if (signed > now + SKEW_MILLISECONDS) {
    return `Signature not yet current: ${date} is still later than ${bound(SKEW_MILLISECONDS)} (${bound(0)} + 5 min.)`;
  }
  return undefined;
}

/** `20260131T120000Z`, to milliseconds. */
function parseBasicDate(text: string): number | undefined {
  const found = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (found === null) return undefined;
  const [, year, month, day, hour, minute, second] = found.map(Number);
  const milliseconds = Date.UTC(year ?? 0, (month ?? 0) - 1, day, hour, minute, second);
  return basicDate(milliseconds) === text ? milliseconds : undefined;
}

function basicDate(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/[-:]|\.\d+/g, "");
}

export function signedHeadersFault({ signedHeaders }: AuthorizationHeader, headers: HeaderValues): string | undefined {
  const signed = new Set(signedHeaders);
  if (!signed.has("host")) return "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.";
  for (const name of headers.keys()) {
    if (name.startsWith("x-amz-") && !signed.has(name)) {
      return `'${quoted(name)}' must be a 'SignedHeader' in the AWS Authorization.`;
    }
  }
  const ascending = signedHeaders.every((name, index) => index === 0 || (signedHeaders[index - 1] ?? "") < name);
  return ascending && signedHeaders.every((name) => headers.has(name)) ? undefined : MISMATCH;
}
