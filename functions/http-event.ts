/**
 * Reads API Gateway's payload format 2.0. An event is outside data: whatever its shape, reading it gives a value or
 * `undefined`, never an exception, and only own properties count, so that `constructor` or `__proto__` name nothing.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export function valueAt(event: unknown, ...path: readonly string[]): unknown {
  let value = event;
  for (const name of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return value;
}

/** The string that stands at `path`; `undefined` when there is none, or something else. */
export function textAt(event: unknown, ...path: readonly string[]): string | undefined {
  const value = valueAt(event, ...path);
  return typeof value === "string" ? value : undefined;
}

/** DynamoDB's limit for a partition key. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html */
const partitionKeyBytes = 2048;

/**
 * The caller: the `sub` claim that the JWT authorizer verified, and nothing else that the request says. Format 1.0 puts
 * claims elsewhere and is not read. Text that is not well-formed Unicode is nobody: two such values would be stored as
 * the same key.
 */
export function verifiedUserId(event: unknown): string | undefined {
  if (textAt(event, "version") !== "2.0") return undefined;
  const sub = textAt(event, "requestContext", "authorizer", "jwt", "claims", "sub");
  if (sub === undefined || sub.trim() === "" || !sub.isWellFormed()) return undefined;
  return Buffer.byteLength(sub) <= partitionKeyBytes ? sub : undefined;
}
