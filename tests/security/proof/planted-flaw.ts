/** One text of one file, replaced. The text must stand in exactly one place. */
export interface Change {
  /** From the repository's root: a file of the program, or of the harness. */
  readonly file: string;
  readonly search: string;
  readonly replacement: string;
}

/** A flaw to plant in a sound system. */
export interface PlantedFlaw {
  readonly name: string;
  /** What is wrong, in a sentence. */
  readonly flaw: string;
  readonly changes: readonly Change[];
  /** Default `dev`. */
  readonly stack?: string;
  /** The flaw is in other stacks than the one that is attacked. */
  readonly inAnotherStack?: boolean;
}
