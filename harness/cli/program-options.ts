export interface ProgramOptions {
  readonly programDirectory: string;
  readonly stack?: string;
  readonly configuration: Readonly<Record<string, string>>;
}
