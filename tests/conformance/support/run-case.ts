import type { HttpCase } from "./case.ts";
import type { Observed } from "./check.ts";
import { type RawAnswer, sendRaw } from "./raw-http.ts";
import { withTokens } from "./tokens.ts";
import type { World } from "./world.ts";

/** A request with tokens in the place of their names. */
export function prepared(entry: HttpCase, tokens: ReadonlyMap<string, string>): HttpCase {
  return {
    ...entry,
    send: withTokens(entry.send, tokens),
    headers: (entry.headers ?? []).map(([name, value]) => [name, withTokens(value, tokens)] as const),
  };
}

/** Sends a case to its API in the world, and gathers what the harness knows of it besides the answer. */
export async function observe(world: World, entry: HttpCase): Promise<Observed> {
  const origin = world.origins.get(entry.api);
  if (origin === undefined) throw new Error(`There is no API ${entry.api}.`);
  for (const send of entry.before ?? []) await sendRaw(origin, { send });
  const logged = world.logLines.length;
  const written = world.accessLog.length;
  const answer = await sendRaw(origin, prepared(entry, world.tokens));
  const requestId = answer.headers.find(([name]) => name === "apigw-requestid")?.[1] ?? "";
  const access = world.accessLog.slice(written).map((line) => JSON.parse(line));
  return {
    answer,
    inside: {
      ran: world.lambda.invocations().some((invocation) => invocation.requestId === requestId),
      journal: world.journal.entries(requestId).map(({ step, reason }) => [step, reason] as const),
      log: world.logLines.slice(logged).map(({ line }) => line),
      access: access.find((line) => line.requestId === requestId),
    },
  };
}

/** Texts that must never stand in a log or the journal: whole tokens and their signatures. */
export function secretsOf(entry: HttpCase, tokens: ReadonlyMap<string, string>): readonly string[] {
  const sent = [entry.send, ...(entry.headers ?? []).map(([, value]) => value)].join("\n");
  return [...tokens]
    .filter(([name]) => sent.includes(`<${name}>`))
    .flatMap(([, token]) => [token, token.split(".")[2] ?? ""])
    .filter((text) => text.length > 20);
}

export type { RawAnswer };
