import type { HttpApi } from "./apigateway/http-api.ts";
import { readHttpApis } from "./apigateway/http-api-reader.ts";
import type { Clock } from "./clock.ts";
import type { UserPool } from "./cognito/pool/user-pool.ts";
import { readUserPools } from "./cognito/pool/user-pool-reader.ts";
import { readTables } from "./dynamodb/table-reader.ts";
import type { Table } from "./dynamodb/tables.ts";
import { HarnessError } from "./errors.ts";
import { type Fault, type FaultCollector, faultCollector } from "./faults.ts";
import { type Roles, readRoles } from "./iam/roles.ts";
import type { LambdaFunction } from "./lambda/function.ts";
import { type FunctionSettings, readFunctions } from "./lambda/function-reader.ts";
import { type InvokePermissions, readPermissions } from "./lambda/permissions.ts";
import type { EvaluatedProgram } from "./pulumi/evaluate.ts";
import { refuseResources } from "./resources/refusal.ts";

/** A program as its services see it: everything read, nothing started. */
export interface Model {
  readonly program: EvaluatedProgram;
  readonly apis: readonly HttpApi[];
  readonly functions: readonly LambdaFunction[];
  readonly permissions: InvokePermissions;
  readonly tables: readonly Table[];
  readonly roles: Roles;
  readonly userPools: readonly UserPool[];
}

/**
 * Reads every service of an evaluated program.
 *
 * @throws HarnessError PROGRAM_REFUSED listing every fault that any reader found.
 */
export function readModel(program: EvaluatedProgram, clock: Clock, functions: FunctionSettings = {}): Model {
  const faults = faultCollector();
  const { graph } = program;
  refuseResources(graph, faults);
  const model: Model = {
    program,
    apis: readHttpApis(graph, faults),
    functions: readFunctions(graph, faults, functions),
    permissions: readPermissions(graph, faults, clock),
    tables: readTables(graph, faults),
    roles: readRoles(graph, faults, clock),
    userPools: readUserPools(graph, faults),
  };
  refuseUntrustedFunctions(model, faults);
  const all = [...program.faults, ...faults.faults];
  if (all.length > 0) throw new HarnessError("PROGRAM_REFUSED", refusal(all));
  return model;
}

/** CreateFunction asks Lambda to assume the role once, and refuses the function when it may not. */
function refuseUntrustedFunctions(model: Model, faults: FaultCollector): void {
  for (const { declaredBy, functionArn, roleArn } of model.functions) {
    const context = { "aws:SourceArn": functionArn, "aws:SourceAccount": model.program.deployment.accountId };
    if (model.roles.byArn(roleArn)?.trusts("lambda.amazonaws.com", context) === false) {
      faults.add(
        declaredBy,
        `The role ${roleArn} cannot be assumed by Lambda: its trust policy must allow sts:AssumeRole to lambda.amazonaws.com.`,
      );
    }
  }
}

function refusal(faults: readonly Fault[]): string {
  const lines = faults.map(({ subject, rule }) => `  ${subject}\n    ${rule}`);
  const count = faults.length === 1 ? "one fault" : `${faults.length} faults`;
  return `The program is not served: ${count}.\n${lines.join("\n")}`;
}
