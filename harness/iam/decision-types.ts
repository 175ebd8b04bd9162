/** Who asks. `arn` is an assumed-role session, a service, or the emulated administrator. */
export type Principal =
  | {
      readonly kind: "role-session";
      readonly roleArn: string;
      readonly sessionArn: string;
      readonly accountId: string;
      readonly tags?: Readonly<Record<string, string>>;
    }
  | { readonly kind: "service"; readonly service: string }
  | { readonly kind: "administrator"; readonly arn: string; readonly accountId: string };

/** One question to the evaluator: may this principal take this action on this resource? */
export interface AuthorizationRequest {
  readonly principal: Principal;
  /** `service:Action`, e.g. `dynamodb:PutItem`. */
  readonly action: string;
  readonly resourceArn: string;
  /** Condition keys, e.g. `dynamodb:LeadingKeys`; an absent key is absent, an empty array is an empty set. */
  readonly context: Readonly<Record<string, string | readonly string[]>>;
}

/** A considered statement and, where it did not apply, the element that did not match. */
export interface StatementExplanation {
  /** `policy name#Sid` or `policy name#index`. */
  readonly statement: string;
  readonly effect: "Allow" | "Deny";
  readonly applied: boolean;
  readonly mismatch?: "Principal" | "Action" | "Resource" | "Condition";
  /** What did not match, in words. */
  readonly detail?: string;
}

export type DecisionKind = "Allowed" | "ExplicitlyDenied" | "ImplicitlyDenied";

export interface Decision {
  readonly kind: DecisionKind;
  /** The statements that decided; empty on an implicit denial. */
  readonly deciding: readonly string[];
  /** Why each considered statement applied or not; computed when asked for, as the request path seldom needs it. */
  readonly explain: () => readonly StatementExplanation[];
}
