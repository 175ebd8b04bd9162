import type { DynamoDbError } from "./errors.ts";
import { resolveExpressions } from "./expression-context.ts";
import type { ReadExpressionFacts } from "./expression-facts.ts";
import { checkItem, checkItemSize, checkKey } from "./item-keys.ts";
import { leadingKeysOfItems, readSearch } from "./leading-keys.ts";
import { isReference, nullMember, resolveTable, type TableDirectory, type TableReference } from "./table-references.ts";
import type { Key } from "./tables.ts";
import type { AddressedItem, Target } from "./targets.ts";

/** Which tables there are, and how expressions are read. */
export interface TargetEnvironment extends TableDirectory {
  readonly readFacts: ReadExpressionFacts;
}

/** A part of a request beside the table that it names. */
export interface ReadTarget {
  readonly target: Target;
  /** Absent where what is given can be no table's name. */
  readonly reference?: TableReference;
  /** The top-level attributes that items, keys and expressions name. */
  readonly attributes: readonly string[];
  /** The partitions that it is in; absent where it is in none, and where they cannot be determined. */
  readonly leadingKeys?: readonly string[];
  /** Refuses the whole request. */
  readonly problem?: DynamoDbError;
  /** In a transaction: the key or the item is not one of the table. */
  readonly misfit?: DynamoDbError;
}

/** Finds a target's table, reads its expressions, and holds its keys against the table's. */
export function readTarget(target: Target, environment: TargetEnvironment): ReadTarget {
  const reference = resolveTable(target.table, environment);
  if (!isReference(reference)) return { target, attributes: [], problem: reference };
  const expressions = resolveExpressions(target.input, environment.readFacts);
  if (expressions.kind === "refused") return { target, reference, attributes: [], problem: expressions.error };
  const inItems = target.items.flatMap((item) => Object.keys(item.value ?? {}));
  const read = { target, reference, attributes: [...new Set([...inItems, ...expressions.attributes])] };
  const { table } = reference;
  // Nothing can be read from a table that is not there; IAM is still asked first.
  if (table === undefined) return read;
  const searches = target.action === "Query" || target.action === "Scan";
  const facts = searches ? readSearch(target, table, expressions.keyEqualities) : readItems(target, table);
  return { ...read, ...facts };
}

function readItems(target: Target, table: Key): Pick<ReadTarget, "leadingKeys" | "problem" | "misfit"> {
  if (target.items.length === 0) return {};
  const problem = target.items.map((item) => checkAddressed(item, table)).find((found) => found !== undefined);
  if (problem === undefined) return { leadingKeys: leadingKeysOfItems(target.items, table) };
  return cancelsTransaction(target) ? { misfit: problem } : { problem };
}

function checkAddressed({ kind, value }: AddressedItem, table: Key): DynamoDbError | undefined {
  if (value === undefined) return nullMember(kind);
  return kind === "key" ? checkKey(table, value) : checkItem(table, value);
}

/** Does a problem with its items cancel the transaction? A missing key and an item over 400 KB refuse it like any request. */
function cancelsTransaction({ enclosing, items }: Target): boolean {
  return (
    enclosing !== undefined &&
    items.every(({ kind, value }) => value !== undefined && (kind === "key" || checkItemSize(value) === undefined))
  );
}
