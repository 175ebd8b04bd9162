export interface ProgramOptions {
  readonly programDirectory: string;
  readonly stack?: string;
  readonly configuration: Readonly<Record<string, string>>;
  /** Files with the outputs of other stacks, by the stack's name in a StackReference. */
  readonly references?: Readonly<Record<string, string>>;
}
