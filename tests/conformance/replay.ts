import { HTTP_CASES, type Identified } from "./sections/index.ts";
import type { HttpCase } from "./support/case.ts";
import { differences } from "./support/check.ts";
import { readFixture } from "./support/echo-stack.ts";
import { type RawAnswer, sendRaw } from "./support/raw-http.ts";
import { prepared } from "./support/run-case.ts";
import { damaged, SUBJECT, tokensIn } from "./support/tokens.ts";

export interface ReplayOptions {
  /** Where each API answers, by its name in `apis.json`. */
  readonly targets: ReadonlyMap<string, URL>;
  /** Real tokens by name: `access` and `id`, of one user. */
  readonly tokens: ReadonlyMap<string, string>;
  /** Only cases whose id begins so. */
  readonly only?: string;
}

export type Replayed =
  | { readonly id: string; readonly kind: "same"; readonly answer: RawAnswer }
  | {
      readonly id: string;
      readonly kind: "different";
      readonly answer: RawAnswer;
      readonly differences: readonly string[];
    }
  | { readonly id: string; readonly kind: "skipped"; readonly reason: string }
  | { readonly id: string; readonly kind: "unanswered"; readonly reason: string };

/** Sends every case that a deployed stack can be sent, and compares what only a client can see. */
export async function replay(
  options: ReplayOptions,
  onReplayed: (one: Replayed) => void = () => {},
): Promise<readonly Replayed[]> {
  const replayed: Replayed[] = [];
  const tokens = allTokens(options.tokens);
  const subject = subjectOf(options.tokens.get("access"));
  for (const identified of HTTP_CASES) {
    if (!identified.id.startsWith(options.only ?? "")) continue;
    const one = await replayOne(identified, { targets: options.targets, tokens, subject });
    onReplayed(one);
    replayed.push(one);
  }
  return replayed;
}

interface Around {
  readonly targets: ReadonlyMap<string, URL>;
  readonly tokens: ReadonlyMap<string, string>;
  readonly subject: string;
}

async function replayOne(
  { id, case: entry }: Identified<HttpCase>,
  { targets, tokens, subject }: Around,
): Promise<Replayed> {
  const target = targets.get(entry.api);
  const reason = skipReason(entry, target, tokens);
  if (reason !== undefined || target === undefined) return { id, kind: "skipped", reason: reason ?? "no target" };
  try {
    for (const send of entry.before ?? []) await sendRaw(target, { send });
    const answer = await sendRaw(target, prepared(entry, tokens));
    const found = differences(forSubject(entry, subject), { answer });
    return found.length === 0 ? { id, kind: "same", answer } : { id, kind: "different", answer, differences: found };
  } catch (error) {
    return { id, kind: "unanswered", reason: error instanceof Error ? error.message : String(error) };
  }
}

function skipReason(entry: HttpCase, target: URL | undefined, tokens: ReadonlyMap<string, string>): string | undefined {
  const local = readFixture().apis[entry.api]?.local ?? entry.local;
  if (local !== undefined) return `local: ${local}`;
  if (target === undefined) return `no target for the API ${entry.api}`;
  const missing = tokensIn([entry.send, ...(entry.headers ?? []).map(([, value]) => value)]).find(
    (name) => !tokens.has(name),
  );
  return missing === undefined ? undefined : `no token ${missing}`;
}

/** The given tokens, and what can be made of them without the issuer's key. */
function allTokens(given: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const access = given.get("access");
  return new Map([...(access === undefined ? [] : Object.entries(damaged(access))), ...given]);
}

/** The user of a deployed pool has a `sub` of Cognito's choice. */
function forSubject(entry: HttpCase, subject: string): HttpCase {
  if (entry.json === undefined) return entry;
  const json = Object.entries(entry.json).map(([pointer, wanted]) => [pointer, wanted === SUBJECT ? subject : wanted]);
  return { ...entry, json: Object.fromEntries(json) };
}

function subjectOf(token: string | undefined): string {
  const payload = token?.split(".")[1];
  if (payload === undefined) return SUBJECT;
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, "base64url").toString());
    return String(Object(claims).sub ?? SUBJECT);
  } catch {
    return SUBJECT;
  }
}

export interface Captured {
  readonly id: string;
  readonly status: number;
  readonly headers: RawAnswer["headers"];
  readonly body: string;
  readonly differences?: readonly string[];
}

const LONGEST_BODY = 10_000;
const JWT = /eyJ[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*){1,4}/g;

/** What the target answered, for the table to quote: every token, and every secret of a session, is taken out. */
export function capture(replayed: readonly Replayed[], secrets: readonly string[]): readonly Captured[] {
  const scrub = (text: string) =>
    secrets
      .filter((secret) => secret !== "")
      .reduce((left, secret) => left.replaceAll(secret, "<token>"), text)
      .replace(JWT, "<token>")
      .replace(SESSION_VARIABLE, '$1"<secret>"');
  return replayed.flatMap((one) => {
    if (one.kind !== "same" && one.kind !== "different") return [];
    const { answer, id } = one;
    return [
      {
        id,
        status: answer.status,
        headers: answer.headers.map(([name, value]) => [name, scrub(value)] as const),
        body: scrub(answer.body.toString("utf8")).slice(0, LONGEST_BODY),
        ...(one.kind === "different" ? { differences: one.differences.map(scrub) } : {}),
      },
    ];
  });
}

/** The function that shows its environment shows its role session too. */
const SESSION_VARIABLE = /("AWS_(?:SECRET_ACCESS_KEY|SESSION_TOKEN|ACCESS_KEY_ID)":)"[^"]*"/g;
