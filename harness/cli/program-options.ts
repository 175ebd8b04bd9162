/** For the help of every command that evaluates a program. */
export const PROGRAM_HELP = `  --program DIR        folder of the Pulumi program (default: .)
  --stack NAME         stack whose Pulumi.NAME.yaml configures it (default: dev)
  --config KEY=VALUE   configuration for this run, before the stack file's; may be repeated
  --reference NAME=FILE
                       outputs of another stack for a StackReference to NAME, as pulumi stack output --json prints them;
                       may be repeated`;

export interface ProgramOptions {
  readonly programDirectory: string;
  readonly stack?: string;
  readonly configuration: Readonly<Record<string, string>>;
  /** Files with the outputs of other stacks, by the stack's name in a StackReference. */
  readonly references?: Readonly<Record<string, string>>;
}
