import type { PolicyResource, Rule, Violation } from "./rule.ts";
import { at, pending } from "./stack.ts";
import { types } from "./types.ts";

const table = (properties: PolicyResource["properties"]): readonly PolicyResource[] => [
  {
    type: types.table,
    name: "items",
    protect: true,
    properties: {
      serverSideEncryption: { enabled: true },
      pointInTimeRecovery: { enabled: true },
      deletionProtectionEnabled: true,
      ...properties,
    },
  },
];

const tablesAreEncrypted: Rule = {
  id: "tables-are-encrypted",
  title: "A table is encrypted with a key of the account, whose use CloudTrail records.",
  severity: "medium",
  remedy: "Set serverSideEncryption.enabled to true.",
  source: "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.howitworks.html",
  check: (stack) =>
    stack
      .ofType(types.table)
      .filter(
        ({ properties }) => ![true, pending].includes(at(properties, "serverSideEncryption", "enabled") as boolean),
      )
      .map((resource) => ({ resource, problem: "The table is encrypted with a key that is not the account's." })),
  failingExample: {
    resources: table({ serverSideEncryption: { enabled: false } }),
    problem: "The table is encrypted with a key that is not the account's.",
  },
};

const dataCanBeRecovered: Rule = {
  id: "data-can-be-recovered",
  title: "Outside development, a table can be restored to any second of the last 35 days.",
  severity: "high",
  remedy: "Set pointInTimeRecovery.enabled to true.",
  source: "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Point-in-time-recovery.html",
  check: (stack) =>
    stack.environment === "development"
      ? []
      : stack
          .ofType(types.table)
          .filter(
            ({ properties }) => ![true, pending].includes(at(properties, "pointInTimeRecovery", "enabled") as boolean),
          )
          .map((resource) => ({ resource, problem: "The table has no point-in-time recovery." })),
  failingExample: {
    resources: table({ pointInTimeRecovery: { enabled: false } }),
    problem: "The table has no point-in-time recovery.",
  },
};

const dataIsKept: Rule = {
  id: "data-is-kept",
  title: "In production, users and data refuse to be deleted, by AWS and by Pulumi.",
  severity: "high",
  remedy: "Turn deletion protection on, and give the resource the option protect.",
  source: "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/WorkingWithTables.Basics.html",
  check: (stack) =>
    stack.environment !== "production"
      ? []
      : [
          ...stack
            .ofType(types.table)
            .flatMap((resource) => unprotected(resource, resource.properties.deletionProtectionEnabled)),
          ...stack
            .ofType(types.userPool)
            .flatMap((resource) => unprotected(resource, resource.properties.deletionProtection)),
        ],
  failingExample: {
    resources: table({ deletionProtectionEnabled: false }),
    problem: "AWS would delete items when told to.",
  },
};

function unprotected(resource: PolicyResource, deletionProtection: unknown): readonly Violation[] {
  const byAws = deletionProtection === true || deletionProtection === "ACTIVE" || deletionProtection === pending;
  return [
    ...(byAws ? [] : [{ resource, problem: `AWS would delete ${resource.name} when told to.` }]),
    ...(resource.protect === false
      ? [{ resource, problem: `Pulumi would delete ${resource.name} when told to.` }]
      : []),
  ];
}

export const dataRules: readonly Rule[] = [tablesAreEncrypted, dataCanBeRecovered, dataIsKept];
