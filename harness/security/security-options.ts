import type { Isolation } from "../lambda/sandbox.ts";

/** What a command line asks of the suite. */
export interface SecurityOptions {
  readonly programDirectory: string;
  readonly stack?: string;
  readonly configuration: Readonly<Record<string, string>>;
  /** Files with the outputs of other stacks, by the stack's name in a StackReference. */
  readonly references?: Readonly<Record<string, string>>;
  readonly profileFile?: string;
  readonly only: readonly string[];
  readonly skip: readonly string[];
  readonly seed: number;
  readonly concurrency: number;
  readonly isolation: Isolation;
  /** Attack also functions whose runtime AWS has retired. */
  readonly retiredRuntimes: boolean;
  /** One, or two to compare: `local`, `endpoint`, or an API's URL. Default: `local`. */
  readonly targets: readonly string[];
  readonly outputsFile?: string;
  readonly endpointUrl?: string;
  readonly usersFile?: string;
  /** Differences between two targets that are known: data with a reason and a link. */
  readonly knownFile?: string;
  readonly environment: NodeJS.ProcessEnv;
  /** A git reference to compare the program with. */
  readonly diffReference?: string;
  /** Print a profile drafted from the routes, and attack nothing. */
  readonly draftProfile: boolean;
  /** The whole report as one JSON document in place of the summary. */
  readonly json: boolean;
  /** Where to write HTML, JSON, JUnit XML and SARIF. */
  readonly reportDirectory?: string;
}

/** What the program is evaluated with, wherever it is. */
export function programOf({ programDirectory, configuration, stack, references }: SecurityOptions) {
  return {
    programDirectory,
    configuration,
    ...(stack === undefined ? {} : { stack }),
    ...(references === undefined ? {} : { references }),
  };
}
