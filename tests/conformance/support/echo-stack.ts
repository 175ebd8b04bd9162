import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type EvaluatedProgram, evaluateProgram } from "../../../harness/pulumi/evaluate.ts";

export const ECHO_STACK = join(import.meta.dirname, "../echo-stack");

/** What the echo stack exports. */
interface EchoStackExports {
  /** The addresses that its APIs would have on AWS, by name. */
  readonly endpoints: Readonly<Record<string, string>>;
  readonly userPoolId: string;
  readonly userPoolClientId: string;
  readonly secondUserPoolClientId: string;
  readonly accessLogArn: string;
}

export interface EchoStack {
  readonly program: EvaluatedProgram;
  readonly exports: EchoStackExports;
  /** By the API's name. */
  readonly apiIds: ReadonlyMap<string, string>;
}

/** The stack as it would be deployed, and with it the APIs about which AWS cannot be asked. `issuers` gives the addresses of
 * issuers that run on this machine. */
export async function evaluateEchoStack(issuers: ReadonlyMap<string, string>): Promise<EchoStack> {
  const program = await evaluateProgram({
    programDirectory: ECHO_STACK,
    stack: "dev",
    configuration: {
      "echo-stack:withLocal": "true",
      "echo-stack:issuers": JSON.stringify(Object.fromEntries(issuers)),
    },
    // The issuers have another port in each run.
    useCache: false,
  });
  const exports = program.exports as unknown as EchoStackExports;
  const apiIds = Object.entries(exports.endpoints).map(([name, url]) => [name, apiIdOf(url)] as const);
  return { program, exports, apiIds: new Map(apiIds) };
}

/** An execute-api address begins with the API's id. */
function apiIdOf(url: string): string {
  return new URL(url).hostname.split(".")[0] ?? "";
}

interface Fixture {
  /** `local`: why the API is no part of the deployed stack. */
  readonly apis: Readonly<Record<string, { readonly local?: string }>>;
}

/** The APIs that cases are sent to: those of the stack that can be deployed, and a few that cannot. */
export function readFixture(): Fixture {
  return JSON.parse(readFileSync(join(ECHO_STACK, "apis.json"), "utf8"));
}
