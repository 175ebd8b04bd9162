import { decodeJwt } from "jose";
import type { HttpApiEvent } from "./events.ts";
import { REMOVED_SIGNATURE } from "./read-cases.ts";

/** The bearer token that an event carries, not verified: what is read of it decides only whether it is worth sending. */
export interface EventToken {
  readonly text: string;
  readonly claims: Readonly<Record<string, unknown>>;
  /** Why no API will accept it, in words; `undefined` where time has nothing against it. */
  readonly stale: string | undefined;
}

const BEARER = /^Bearer\s+(\S+)\s*$/i;

/** The token of an event, or `undefined` where there is none that can be read. */
export function eventToken(event: HttpApiEvent, nowMilliseconds: number): EventToken | undefined {
  const text = BEARER.exec(headerOf(event, "authorization") ?? "")?.[1];
  if (text === undefined) return undefined;
  try {
    const claims = decodeJwt(text);
    return { text, claims, stale: staleness(text, claims.exp, nowMilliseconds) };
  } catch {
    return undefined;
  }
}

function staleness(text: string, exp: unknown, nowMilliseconds: number): string | undefined {
  if (text.endsWith(`.${REMOVED_SIGNATURE}`)) return "its token's signature was removed when it was recorded";
  if (typeof exp !== "number" || exp * 1000 > nowMilliseconds) return undefined;
  return `its token expired at ${new Date(exp * 1000).toISOString()}`;
}

/** The same event with another token. */
export function withToken(event: HttpApiEvent, token: string): HttpApiEvent {
  const headers = Object.entries(event.headers ?? {}).map(([name, value]) =>
    name.toLowerCase() === "authorization" ? [name, `Bearer ${token}`] : [name, value],
  );
  return { ...event, headers: Object.fromEntries(headers) };
}

function headerOf({ headers = {} }: HttpApiEvent, name: string): string | undefined {
  return Object.entries(headers).find(([given]) => given.toLowerCase() === name)?.[1];
}
