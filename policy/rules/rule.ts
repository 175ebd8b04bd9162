/** How much harm a violation can do. All but `low` stop a deployment. */
export type Severity = "critical" | "high" | "medium" | "low";

/** What a stack is for, by the tag `environment`. What says nothing is held to production's rules. */
export type Environment = "development" | "staging" | "production";

/** A resource as the rules see it: what it was given, and what the provider has added to it so far. */
export interface PolicyResource {
  /** Pulumi's type token, e.g. `aws:dynamodb/table:Table`. */
  readonly type: string;
  /** The logical name. */
  readonly name: string;
  /** The physical id; left out while it is not known. */
  readonly id?: string;
  readonly properties: Readonly<Record<string, unknown>>;
  /** Pulumi's own protection against deletion; left out where it is not known. */
  readonly protect?: boolean;
}

/** A stack's resources, with short ways to them. */
export interface Stack {
  readonly environment: Environment;
  readonly resources: readonly PolicyResource[];
  ofType(type: string): readonly PolicyResource[];
}

export interface Violation {
  readonly resource: PolicyResource;
  /** What is wrong, as a sentence that names the value. */
  readonly problem: string;
}

/** One thing that must be true of a stack, whatever it is for, decided from its resources alone. */
export interface Rule {
  readonly id: string;
  /** What must be true. */
  readonly title: string;
  readonly severity: Severity;
  /** What to do about a violation. */
  readonly remedy: string;
  /** AWS's page, or the standard, that the rule follows. */
  readonly source: string;
  check(stack: Stack): readonly Violation[];
  /** Resources that break this rule once, and what is then said. */
  readonly failingExample: { readonly resources: readonly PolicyResource[]; readonly problem: string };
}

/** A violation in the words that every report uses. */
export function violationText(rule: Rule, { problem }: Violation): string {
  return `${problem} ${rule.remedy}`;
}
