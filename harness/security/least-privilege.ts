import type { Clock } from "../clock.ts";
import { faultCollector } from "../faults.ts";
import { authorize } from "../iam/authorize.ts";
import type { AuthorizationRequest } from "../iam/decision-types.ts";
import { type Role, readRoles } from "../iam/roles.ts";
import type { Model } from "../model.ts";
import { type Resource, resourceGraph } from "../pulumi/resource-graph.ts";

/** A request that a role's functions made in the run, and what for. */
export interface NeededRequest {
  readonly roleArn: string;
  readonly request: AuthorizationRequest;
  /** `PutItem in POST /orders`, or what Lambda itself does. */
  readonly neededBy: string;
}

/** One thing that can be taken away from a role. */
export interface PolicyElement {
  readonly role: Role;
  /** The resource that grants it. */
  readonly grantedBy: Resource;
  readonly kind: "Action" | "Resource" | "attachment";
  /** As written: an action, an ARN, a managed policy's ARN. */
  readonly text: string;
  /** The statement's Sid, or its place. */
  readonly statement: string;
  /** The graph's resources without it. */
  readonly without: readonly Resource[];
}

const ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy";
const ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment";

/** Every action, resource and attached policy that can be taken from a role, each with the graph that is left. */
export function elementsOf({ program, roles }: Model): readonly PolicyElement[] {
  const { resources } = program.graph;
  return resources.flatMap((resource): readonly PolicyElement[] => {
    const role = roles.byName(String(resource.inputs.role)) ?? roles.byArn(String(resource.inputs.role));
    if (role === undefined) return [];
    if (resource.type === ATTACHMENT) return [attachmentElement(resources, resource, role)];
    return resource.type === ROLE_POLICY ? documentElements(resources, resource, role) : [];
  });
}

function attachmentElement(resources: readonly Resource[], resource: Resource, role: Role): PolicyElement {
  const text = String(resource.inputs.policyArn);
  const without = resources.filter((other) => other !== resource);
  return { role, grantedBy: resource, kind: "attachment", text, statement: text, without };
}

interface Statement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Action?: string | readonly string[];
  readonly Resource?: string | readonly string[];
}

interface Document {
  readonly Statement: Statement | readonly Statement[];
}

function documentElements(resources: readonly Resource[], resource: Resource, role: Role): readonly PolicyElement[] {
  const { policy } = resource.inputs;
  const document = (typeof policy === "string" ? JSON.parse(policy) : policy) as Document;
  const statements = [document.Statement].flat();
  const replaced = (next: readonly Statement[]): readonly Resource[] =>
    resources.flatMap((other) => {
      if (other !== resource) return [other];
      return next.length === 0
        ? []
        : [{ ...other, inputs: { ...other.inputs, policy: { ...document, Statement: next } } }];
    });
  return statements.flatMap((statement, index) => {
    if (statement.Effect !== "Allow") return [];
    return (["Action", "Resource"] as const).flatMap((kind) =>
      [statement[kind] ?? []].flat().map((text): PolicyElement => {
        const rest = [statement[kind] ?? []].flat().filter((other) => other !== text);
        const next = statements.flatMap((other, at) => {
          if (at !== index) return [other];
          return rest.length === 0 ? [] : [{ ...other, [kind]: rest }];
        });
        return {
          role,
          grantedBy: resource,
          kind,
          text,
          statement: statement.Sid ?? String(index),
          without: replaced(next),
        };
      }),
    );
  });
}

/** The first of the role's requests that is refused once the element is gone; `undefined`: nothing needs it. The policies
 * are read and judged by the very code that the gate asks. */
export function neededBy(
  element: PolicyElement,
  needed: readonly NeededRequest[],
  clock: Clock,
): NeededRequest | undefined {
  const { arn } = element.role;
  const shrunk = readRoles(resourceGraph(element.without), faultCollector(), clock).byArn(arn);
  return needed.find(
    ({ roleArn, request }) => roleArn === arn && authorize(shrunk?.policies ?? [], request, clock).kind !== "Allowed",
  );
}

/** The same action on a resource that the program does not have: a role that may do that too reaches too far. */
export function foreignTwin({ resourceArn, ...request }: AuthorizationRequest): AuthorizationRequest | undefined {
  const foreign = resourceArn
    .replace(/(:table\/)[^/:]+/, "$1another-table-0000000")
    .replace(/(:log-group:)[^:]+/, "$1another-group-0000000");
  return foreign === resourceArn ? undefined : { ...request, resourceArn: foreign };
}

/** Which of these actions a role may take on a resource. */
export function allowedActions(
  { policies }: Role,
  actions: Iterable<string>,
  { action: _action, ...request }: AuthorizationRequest,
  clock: Clock,
): readonly string[] {
  return [...actions].filter((action) => authorize(policies, { ...request, action }, clock).kind === "Allowed");
}
