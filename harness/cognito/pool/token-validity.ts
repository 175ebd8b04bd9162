import type { Inputs } from "../../resources/inputs.ts";

export type TimeUnit = "seconds" | "minutes" | "hours" | "days";

const SECONDS_IN: ReadonlyMap<string, number> = new Map([
  ["seconds", 1],
  ["minutes", 60],
  ["hours", 3600],
  ["days", 86_400],
]);

const TOKEN_KINDS = ["accessToken", "idToken", "refreshToken"] as const;
export type TokenKind = (typeof TOKEN_KINDS)[number];

/** Default unit, default count, and the shortest and longest lifetime in seconds. */
const lifetimeRows: Readonly<Record<TokenKind, readonly [TimeUnit, number, number, number]>> = {
  accessToken: ["hours", 1, 300, 86_400],
  idToken: ["hours", 1, 300, 86_400],
  refreshToken: ["days", 30, 3600, 315_360_000],
};

export type Units = Readonly<Record<TokenKind, TimeUnit>>;

export function readUnits(settings: Inputs): Units {
  return {
    accessToken: unitOf(settings, "accessToken"),
    idToken: unitOf(settings, "idToken"),
    refreshToken: unitOf(settings, "refreshToken"),
  };
}

export function lifetimes(settings: Inputs, units: Units) {
  return {
    accessTokenSeconds: lifetime(settings, "accessToken", units),
    idTokenSeconds: lifetime(settings, "idToken", units),
    refreshTokenSeconds: lifetime(settings, "refreshToken", units),
  };
}

function unitOf(settings: Inputs, kind: TokenKind): TimeUnit {
  const units = settings.block("tokenValidityUnits");
  const unit = units.text(kind);
  if (unit === undefined) return lifetimeRows[kind][0];
  if (unit === "seconds" || unit === "minutes" || unit === "hours" || unit === "days") return unit;
  units.fault(kind, "must be seconds, minutes, hours or days");
  return lifetimeRows[kind][0];
}

/** Zero means the default, as in AWS's API. */
function lifetime(settings: Inputs, kind: TokenKind, units: Units): number {
  const [, count, shortest, longest] = lifetimeRows[kind];
  const given = settings.number(`${kind}Validity`);
  if (given === undefined || given === 0) return count * (SECONDS_IN.get(lifetimeRows[kind][0]) ?? 0);
  const seconds = given * (SECONDS_IN.get(units[kind]) ?? 0);
  return bounded(settings, `${kind}Validity`, seconds, shortest, longest, " seconds");
}

/** A number within AWS's bounds; one outside is a fault. */
export function bounded(settings: Inputs, name: string, value: number, min: number, max: number, unit = ""): number {
  if (value < min || value > max) settings.fault(name, `amounts to ${value}${unit}, which is not in ${min} to ${max}`);
  return value;
}
