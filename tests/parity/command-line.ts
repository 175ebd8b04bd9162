import { parseArgs } from "node:util";
import type { StartedEngine } from "../dynamodb/support/gate.ts";

export const HELP = `Usage: npm run parity -- --suite DIR [options]

Runs a checkout of the Parity Suite (github.com/paritysuite/dynamodb-conformance), whose tests pass on DynamoDB itself,
against the harness's DynamoDB: the gate, with signatures and the administrator's credentials. The checkout brings its own
dependencies: run npm install in it first.

  --suite DIR          the checkout
  --engine ENGINE      dynoxide or dynalite (default: dynoxide)
  --write              keep the summary in tests/parity/results.json, which docs/fidelity.md quotes
  --help               this text

Exit code: 0 the suite ran, 2 wrong use, 3 it could not be run.`;

export interface ParityOptions {
  readonly suite: string;
  readonly engine: StartedEngine;
  readonly write: boolean;
}

export type Command =
  | { readonly kind: "help" }
  | { readonly kind: "run"; readonly options: ParityOptions }
  | { readonly kind: "wrong"; readonly message: string };

const OPTIONS = {
  suite: { type: "string" },
  engine: { type: "string", default: "dynoxide" },
  write: { type: "boolean", default: false },
  help: { type: "boolean", short: "h" },
} as const;

/** Reads the words after `npm run parity --`. Never throws: what is wrong is told in a sentence. */
export function parseCommandLine(words: readonly string[]): Command {
  try {
    const { values } = parseArgs({ args: [...words], options: OPTIONS, strict: true, allowPositionals: false });
    const { suite, engine, write, help } = values;
    if (help === true) return { kind: "help" };
    if (suite === undefined || suite === "") return wrong("--suite DIR names the checkout to run.");
    if (engine !== "dynoxide" && engine !== "dynalite") return wrong("--engine takes dynoxide or dynalite.");
    return { kind: "run", options: { suite, engine, write } };
  } catch (error) {
    return wrong(error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error));
  }
}

function wrong(message: string): Command {
  return { kind: "wrong", message };
}
