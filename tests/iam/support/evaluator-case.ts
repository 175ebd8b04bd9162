import type { Clock } from "../../../harness/clock.ts";
import { faultCollector } from "../../../harness/faults.ts";
import { authorize } from "../../../harness/iam/authorize.ts";
import type { AuthorizationRequest, Decision, DecisionKind, Principal } from "../../../harness/iam/decision-types.ts";
import { type CompiledPolicy, compilePolicy, type PolicyKind } from "../../../harness/iam/policy-document.ts";

/** One policy set with the requests that are put to it; what is left out has the defaults below. */
export interface EvaluatorGroup {
  readonly title: string;
  readonly source?: string;
  /** Whole documents, or documents of a kind other than `identity`. */
  readonly policies?: readonly (PlainDocument | KindedDocument)[];
  /** The statements of one identity policy of version 2012-10-17. */
  readonly statements?: readonly object[];
  /** The condition of one statement that allows everything else. */
  readonly allowIf?: object;
  /** The condition of one statement that denies, beside one that allows everything. */
  readonly denyIf?: object;
  readonly requests: readonly EvaluatorRequest[];
}

interface PlainDocument {
  readonly Statement: unknown;
}

interface KindedDocument {
  readonly kind: PolicyKind;
  readonly document: PlainDocument;
}

export interface EvaluatorRequest {
  readonly it: string;
  readonly principal?: keyof typeof PRINCIPALS;
  readonly tags?: Record<string, string>;
  readonly action?: string;
  readonly resource?: string;
  readonly context?: AuthorizationRequest["context"];
  readonly expect: DecisionKind;
  readonly deciding?: readonly string[];
  readonly mismatch?: string;
}

const ACCOUNT = "123456789012";

export const PRINCIPALS = {
  lambda: {
    kind: "role-session",
    roleArn: `arn:aws:iam::${ACCOUNT}:role/service/todo-role`,
    sessionArn: `arn:aws:sts::${ACCOUNT}:assumed-role/todo-role/get-todos`,
    accountId: ACCOUNT,
  },
  apigateway: { kind: "service", service: "apigateway.amazonaws.com" },
  events: { kind: "service", service: "events.amazonaws.com" },
  administrator: { kind: "administrator", arn: `arn:aws:iam::${ACCOUNT}:user/administrator`, accountId: ACCOUNT },
} as const satisfies Record<string, Principal>;

/** 2026-03-04T05:06:07Z. */
export const CLOCK: Clock = { nowMilliseconds: () => Date.UTC(2026, 2, 4, 5, 6, 7) };

export function policiesOf(group: EvaluatorGroup): readonly CompiledPolicy[] {
  const faults = faultCollector();
  const documents = [...(group.policies ?? []), ...statementPolicies(group)];
  const compiled = documents.map((policy, index) => {
    const { kind, document } = "document" in policy ? policy : { kind: "identity" as const, document: policy };
    return compilePolicy({ kind, name: `p${index}`, document, subject: group.title }, faults);
  });
  if (faults.faults.length > 0) throw new Error(faults.faults.map(({ rule }) => rule).join("\n"));
  return compiled;
}

const EVERYTHING = { Effect: "Allow", Action: "*", Resource: "*" };

function statementPolicies({ statements, allowIf, denyIf }: EvaluatorGroup): readonly PlainDocument[] {
  const lists = [
    statements,
    allowIf && [{ ...EVERYTHING, Condition: allowIf }],
    denyIf && [EVERYTHING, { ...EVERYTHING, Effect: "Deny", Condition: denyIf }],
  ];
  return lists.flatMap((list) =>
    list === undefined ? [] : [{ Version: "2012-10-17", Statement: list } as PlainDocument],
  );
}

export function decide(policies: readonly CompiledPolicy[], asked: EvaluatorRequest): Decision {
  const principal = PRINCIPALS[asked.principal ?? "lambda"];
  const request: AuthorizationRequest = {
    principal:
      asked.tags !== undefined && principal.kind === "role-session" ? { ...principal, tags: asked.tags } : principal,
    action: asked.action ?? "dynamodb:GetItem",
    resourceArn: asked.resource ?? `arn:aws:dynamodb:eu-west-1:${ACCOUNT}:table/todos`,
    context: asked.context ?? {},
  };
  return authorize(policies, request, CLOCK);
}
