import type { Fault } from "../faults.ts";
import type { Deployment } from "./identifiers.ts";
import type { Component, Resource } from "./resource-graph.ts";
import type { TrackedFile } from "./tracked-files.ts";

/** What the evaluating process is told. */
export interface EvaluationRequest {
  readonly programDirectory: string;
  /** Absolute path of the entry point. */
  readonly entryPoint: string;
  /** Where the program runs. */
  readonly workingDirectory: string;
  readonly isModule: boolean;
  /** Whether TypeScript is compiled as it is loaded. */
  readonly typeScript: boolean;
  /** Absolute path of the compiler's settings; there may be none. */
  readonly tsconfig: string;
  /** Whether types are looked at while the program is loaded. */
  readonly types: boolean;
  /** Whether Pulumi turns the debugger on, as it does by itself, and so can tell where a function stands that it cannot
   * serialize. */
  readonly debugger: boolean;
  readonly deployment: Deployment;
  readonly organization: string;
  readonly configuration: Readonly<Record<string, string>>;
  readonly secretKeys: readonly string[];
  /** Outputs of other stacks, by name. */
  readonly references: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Random text that the provider's secrets are made of. */
  readonly secretSeed: string;
  /** Where Node.js keeps compiled code between evaluations. */
  readonly compileCacheDirectory?: string;
}

/** The first message to the evaluating process. */
export interface EvaluationStart {
  readonly request: EvaluationRequest;
  /** Where it is there, the process does only what comes before the program, loads these files too, and goes on at the second
   * message. */
  readonly waiting?: { readonly sdkFiles: readonly string[] };
}

/** What it answers. `failed` is the program's own mistake: `message` is for its author. */
export type EvaluationReply =
  | { readonly kind: "evaluated"; readonly evaluation: Evaluation }
  | {
      readonly kind: "failed";
      readonly message: string;
      readonly failure: Failure;
      /** Whether the program was begun. */
      readonly isBegun: boolean;
      readonly files: readonly TrackedFile[];
    };

/** `loading`: a module was not found, or did not have what is imported from it. `serializing`: a function captures what
 * cannot be written into its package. */
export type Failure = "loading" | "serializing" | "other";

export interface Evaluation {
  readonly resources: readonly Resource[];
  readonly components: readonly Component[];
  readonly exports: Readonly<Record<string, unknown>>;
  /** Names of the exports that are a secret or hold one. */
  readonly secretExports: readonly string[];
  /** What cannot be served: unknown types and functions, outputs that stayed undefined. */
  readonly faults: readonly Fault[];
  /** The files outside `node_modules` that the program was made of or read, as it was given them. */
  readonly files: readonly TrackedFile[];
  /** Paths of the files and folders among them that functions are packed from. */
  readonly assets: readonly string[];
  /** Names of the environment variables that the program read. */
  readonly environment: readonly string[];
  /** Files of Pulumi's packages that were loaded, in the order in which they were. */
  readonly sdkFiles: readonly string[];
  /** Whether it asked what no digest tells: other processes, the network. */
  readonly askedOutside: boolean;
}
