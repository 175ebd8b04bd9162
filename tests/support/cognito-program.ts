import type { UserPool } from "../../harness/cognito/pool/user-pool.ts";
import { readUserPools } from "../../harness/cognito/pool/user-pool-reader.ts";
import { type FaultCollector, faultCollector } from "../../harness/faults.ts";
import { type Resource, resourceGraph } from "../../harness/pulumi/resource-graph.ts";
import { refuseResources } from "../../harness/resources/refusal.ts";

type Inputs = Readonly<Record<string, unknown>>;

export const poolId = "eu-west-1_TestPool1";
export const clientId = "1example23456789abcdefghij";

export interface PoolProgram {
  readonly pool?: Inputs;
  readonly client?: Inputs;
  /** Further clients by id. */
  readonly clients?: Readonly<Record<string, Inputs>>;
  readonly groups?: Readonly<Record<string, Inputs>>;
  readonly others?: readonly Resource[];
}

/** What a program with e-mail for a username, masked errors and all flows declares. */
export const todoPool: Inputs = {
  usernameAttributes: ["email"],
  usernameConfiguration: { caseSensitive: false },
  autoVerifiedAttributes: ["email"],
  accountRecoverySetting: { recoveryMechanisms: [{ name: "verified_email", priority: 1 }] },
  passwordPolicy: {
    minimumLength: 12,
    requireUppercase: true,
    requireLowercase: true,
    requireNumbers: true,
    requireSymbols: true,
    temporaryPasswordValidityDays: 1,
  },
};

export const allFlows: Inputs = {
  explicitAuthFlows: [
    "ALLOW_USER_SRP_AUTH",
    "ALLOW_USER_PASSWORD_AUTH",
    "ALLOW_ADMIN_USER_PASSWORD_AUTH",
    "ALLOW_REFRESH_TOKEN_AUTH",
  ],
  preventUserExistenceErrors: "ENABLED",
};

export function poolGraph(program: PoolProgram = {}) {
  const resource = (type: string, name: string, id: string, inputs: Inputs, outputs: Inputs = {}): Resource => ({
    type,
    name,
    id,
    arn: `arn:aws:cognito-idp:eu-west-1:123456789012:userpool/${poolId}`,
    inputs,
    outputs: { ...inputs, ...outputs },
  });
  const client = (id: string, inputs: Inputs) =>
    resource(
      "aws:cognito/userPoolClient:UserPoolClient",
      `client-${id}`,
      id,
      { userPoolId: poolId, ...inputs },
      inputs.generateSecret === true ? { clientSecret: "asecretofthetest" } : {},
    );
  return resourceGraph([
    resource("aws:cognito/userPool:UserPool", "users", poolId, program.pool ?? todoPool),
    client(clientId, program.client ?? allFlows),
    ...Object.entries(program.clients ?? {}).map(([id, inputs]) => client(id, inputs)),
    ...Object.entries(program.groups ?? {}).map(([name, inputs]) =>
      resource("aws:cognito/userGroup:UserGroup", name, `${poolId}/${name}`, { userPoolId: poolId, name, ...inputs }),
    ),
    ...(program.others ?? []),
  ]);
}

export function readPools(program: PoolProgram = {}): {
  readonly pools: readonly UserPool[];
  readonly faults: FaultCollector;
} {
  const faults = faultCollector();
  const graph = poolGraph(program);
  refuseResources(graph, faults);
  return { pools: readUserPools(graph, faults), faults };
}

export const password = "Correct-horse-7";
