import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { readFixture } from "./support/echo-stack.ts";

export const HELP = `Usage: npm run conformance -- [options]

Without a target: runs every case against the harness and prints counts by section and confidence.
With one: sends the cases that a deployed echo stack can be sent, and prints where the answers differ, and what was
answered to the rows that are unknown or disputed, in a form to paste into them.

  --target [API=]URL   where an API answers (default API: echo); may be repeated
  --outputs FILE       the stack's outputs, as \`pulumi stack output --json\` prints them: all targets at once
  --token NAME=FILE    a file with a token of a signed-in user: NAME is access or id
  --only PREFIX        only cases whose id begins so, e.g. event/raw-path
  --capture FILE       writes what the target answered, without tokens
  --help               this text

Exit code: 0 no difference, 1 differences, 2 wrong use, 3 the target cannot be reached.`;

export interface ReplayCommand {
  readonly targets: ReadonlyMap<string, URL>;
  readonly tokens: ReadonlyMap<string, string>;
  readonly only?: string;
  readonly captureFile?: string;
}

export type Command =
  | { readonly kind: "help" }
  | { readonly kind: "local" }
  | { readonly kind: "replay"; readonly command: ReplayCommand }
  | { readonly kind: "wrong"; readonly message: string };

const OPTIONS = {
  target: { type: "string", multiple: true },
  outputs: { type: "string" },
  token: { type: "string", multiple: true },
  only: { type: "string" },
  capture: { type: "string" },
  help: { type: "boolean", short: "h" },
} as const;

/** Reads the words after `npm run conformance --`. Never throws: what is wrong is told in a sentence. */
export function parseCommandLine(words: readonly string[]): Command {
  try {
    const { values } = parseArgs({ args: [...words], options: OPTIONS, strict: true, allowPositionals: false });
    if (values.help === true) return { kind: "help" };
    const { target = [], outputs, token = [], only, capture } = values;
    const targets = new Map([...(outputs === undefined ? [] : endpointsOf(outputs)), ...target.map(namedTarget)]);
    if (targets.size === 0) {
      if (token.length + Number(only !== undefined) + Number(capture !== undefined) === 0) return { kind: "local" };
      throw new Error("--token, --only and --capture go with a --target or --outputs.");
    }
    const command = {
      targets,
      tokens: new Map(token.map(namedToken)),
      ...(only === undefined ? {} : { only }),
      ...(capture === undefined ? {} : { captureFile: capture }),
    };
    return { kind: "replay", command };
  } catch (error) {
    return { kind: "wrong", message: error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error) };
  }
}

function namedTarget(text: string): [string, URL] {
  const named = /^([a-z-]+)=(.*)$/s.exec(text);
  const name = named?.[1] ?? "echo";
  if (!Object.hasOwn(readFixture().apis, name))
    throw new Error(`--target names the API ${name}, which is none of apis.json.`);
  return [name, targetUrl(named?.[2] ?? text)];
}

function targetUrl(text: string): URL {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== "https:" && url.protocol !== "http:"))
    throw new Error(`--target takes an http or https URL, not ${JSON.stringify(text)}.`);
  if (url.pathname !== "/")
    throw new Error("--target takes an API's endpoint without a path: cases bring their stage.");
  return url;
}

function endpointsOf(file: string): [string, URL][] {
  const endpoints: unknown = Object(parsed(file)).endpoints;
  if (typeof endpoints !== "object" || endpoints === null)
    throw new Error(`${file} holds no endpoints: write it with pulumi stack output --json > ${file}.`);
  return Object.entries(endpoints).map(([name, url]) => [name, targetUrl(String(url))]);
}

function parsed(file: string): unknown {
  const text = readText(file);
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`${file} is not JSON.`);
  }
}

function namedToken(text: string): [string, string] {
  const [, name, file] = /^(access|id)=(.+)$/s.exec(text) ?? [];
  if (name === undefined || file === undefined) throw new Error("--token takes access=FILE or id=FILE.");
  return [name, readText(file).trim()];
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    throw new Error(`${file} cannot be read.`);
  }
}
