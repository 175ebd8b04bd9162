import type { LambdaFunction } from "../lambda/function.ts";
import type { Archive } from "../pulumi/resource-graph.ts";

/** Names that a program's own code looks for in requests, as far as they stand in it as text. */
export interface ProgramWords {
  /** Of headers: lower case, with a dash. */
  readonly headers: readonly string[];
  /** Of query parameters and members of bodies. */
  readonly names: readonly string[];
  /** What stands before a bracket: `filter` of `filter[a]`. */
  readonly prefixes: readonly string[];
}

/** No attack is made of more than that. */
const MOST_WORDS = 60;

const TEXT = /(["'`])([A-Za-z][\w-]{1,40})\1/g;
const BEFORE_BRACKET = /\b([A-Za-z]{2,20})(?:\\\[|\[["'`])/g;

/** Reads the functions' packages: an attacker guesses such names, or knows them; a repository is no secret. */
export function programWords(functions: readonly LambdaFunction[]): ProgramWords {
  const texts = [...new Set(functions.flatMap(({ code }) => textsOf(code)))];
  const words = found(texts, TEXT, 2).filter((word) => !STANDARD.has(word.toLowerCase()));
  return {
    headers: words.map((word) => word.toLowerCase()).filter((word) => /^[a-z0-9]+(-[a-z0-9]+)+$/.test(word)),
    names: words.filter((word) => /^[A-Za-z]\w*$/.test(word)),
    prefixes: found(texts, BEFORE_BRACKET, 1),
  };
}

function found(texts: readonly string[], pattern: RegExp, group: number): readonly string[] {
  const all = texts.flatMap((text) => [...text.matchAll(pattern)].map((match) => match[group] ?? ""));
  return [...new Set(all)].slice(0, MOST_WORDS);
}

/** What every handler says to Lambda, to the SDK and to Node.js, and no request says to it. */
const STANDARD: ReadonlySet<string> = new Set(
  "object string number boolean function undefined version requestcontext authorizer jwt claims headers body isbase64encoded pathparameters querystringparameters routekey statuscode base64 base64url utf-8 utf8 hex sha256 crypto name item items attributes all_old all_new any requestid".split(
    " ",
  ),
);

/** The program's own code; packages beside it are everybody's. */
function textsOf(code: Archive): readonly string[] {
  if (code.kind !== "archive") return [];
  return Object.values(code.entries).flatMap((entry) => (entry.kind === "text" ? [entry.text] : []));
}
