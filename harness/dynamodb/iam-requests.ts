import type { JsonObject } from "../json.ts";
import { type DynamoDbError, transactionCanceled } from "./errors.ts";
import { keyAttributes } from "./item-keys.ts";
import type { Operation } from "./operations.ts";
import type { TableDirectory, TableReference } from "./table-references.ts";
import { type ReadTarget, readTarget, type TargetEnvironment } from "./target-facts.ts";
import { type Target, targetsOf } from "./targets.ts";

/** An IAM request but for its principal. */
export interface IamRequest {
  /** `dynamodb:PutItem` */
  readonly action: string;
  readonly resourceArn: string;
  /** The condition keys that DynamoDB sets. */
  readonly context: Readonly<Record<string, string | readonly string[]>>;
}

/** What a request amounts to. With a `problem` it is refused: after IAM was asked, and without reaching the engine. */
export interface Access {
  /** All of them have to be allowed. */
  readonly iamRequests: readonly IamRequest[];
  readonly tables: readonly TableReference[];
  readonly problem?: DynamoDbError;
}

/**
 * The IAM requests that an operation amounts to, with every condition key that DynamoDB would set. A key is left out
 * only where DynamoDB leaves it out, because `ForAllValues` is true of an absent key; when a key cannot be determined
 * the request has a problem and reads or writes nothing.
 *
 * `targets.ts` says which actions on which tables; `target-facts.ts` what each of them touches.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
 */
export function accessOf(operation: Operation, input: JsonObject, environment: TargetEnvironment): Access {
  if (operation.access === "account") return accountAccess(operation, environment);
  const targets = targetsOf(operation.access, operation.name, input).map((target) => readTarget(target, environment));
  const problem = targets.find((target) => target.problem !== undefined)?.problem ?? cancellation(targets);
  return {
    iamRequests: targets.flatMap((target) => iamRequest(target, input) ?? []),
    tables: targets.flatMap((target) => target.reference ?? []),
    ...(problem === undefined ? {} : { problem }),
  };
}

/** Operations on all tables are authorized on the pattern of all tables, as their denials show. */
function accountAccess(operation: Operation, { region, accountId }: TableDirectory): Access {
  const resourceArn = `arn:aws:dynamodb:${region}:${accountId}:table/*`;
  return { iamRequests: [{ action: `dynamodb:${operation.name}`, resourceArn, context: {} }], tables: [] };
}

/** A part of a transaction that does not fit its table cancels the transaction, as a condition that fails does. */
function cancellation(targets: readonly ReadTarget[]): DynamoDbError | undefined {
  const faults = targets.map(({ misfit }) => (misfit === undefined ? undefined : String(misfit.members.message)));
  return faults.some((fault) => fault !== undefined) ? transactionCanceled(faults) : undefined;
}

/** None where the target names no table that could exist: there is nothing to ask IAM for. */
function iamRequest(read: ReadTarget, input: JsonObject): IamRequest | undefined {
  const { target, reference } = read;
  if (reference === undefined) return undefined;
  const resourceArn = target.index === undefined ? reference.arn : `${reference.arn}/index/${target.index}`;
  return { action: `dynamodb:${target.action}`, resourceArn, context: conditionKeys(read, input) };
}

const READS = new Set(["GetItem", "BatchGetItem", "Query", "Scan"]);
const SINGLE_WRITES = new Set(["PutItem", "UpdateItem", "DeleteItem"]);

/** None for an action that touches no item.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html#amazondynamodb-policy-keys */
function conditionKeys(read: ReadTarget, input: JsonObject): IamRequest["context"] {
  const { target, leadingKeys } = read;
  const reads = READS.has(target.action);
  if (target.items.length === 0 && !reads) return {};
  return {
    ...(leadingKeys === undefined ? {} : { "dynamodb:LeadingKeys": leadingKeys }),
    "dynamodb:Attributes": attributesOf(read),
    "dynamodb:ReturnConsumedCapacity": textOrNone(input.ReturnConsumedCapacity),
    ...(reads ? { "dynamodb:Select": selectOf(target) } : {}),
    ...(SINGLE_WRITES.has(target.action) ? { "dynamodb:ReturnValues": textOrNone(input.ReturnValues) } : {}),
    ...(target.enclosing === undefined ? {} : { "dynamodb:EnclosingOperation": target.enclosing }),
  };
}

/** The parameters whose default is `NONE`. */
function textOrNone(parameter: unknown): string {
  return typeof parameter === "string" ? parameter : "NONE";
}

/** A request that names no attribute at all still reads keys: an empty set would satisfy every `ForAllValues`. */
function attributesOf({ attributes, reference }: ReadTarget): readonly string[] {
  if (attributes.length > 0 || reference?.table === undefined) return attributes;
  return keyAttributes(reference.table).map(({ name }) => name);
}

/** The `Select` parameter, or what DynamoDB takes without one. */
function selectOf({ input, index }: Target): string {
  if (typeof input.Select === "string") return input.Select;
  if (typeof input.ProjectionExpression === "string") return "SPECIFIC_ATTRIBUTES";
  return index === undefined ? "ALL_ATTRIBUTES" : "ALL_PROJECTED_ATTRIBUTES";
}
