import type { JsonObject } from "../json.ts";
import { claim } from "./registered-claims.ts";

/** All scopes of a token: `scope` (words) and `scp` (words, or a list of text), in order, each once. */
export function tokenScopes(claims: JsonObject): readonly string[] {
  const scp = claim(claims, "scp");
  const listed = Array.isArray(scp) ? scp.filter((scope) => typeof scope === "string") : words(scp);
  return [...new Set([...words(claim(claims, "scope")), ...listed])];
}

function words(value: unknown): readonly string[] {
  return typeof value === "string" ? value.split(" ").filter((word) => word !== "") : [];
}
