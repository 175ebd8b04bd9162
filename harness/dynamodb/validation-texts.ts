/** What is said of a request by itself: since June 2026 such texts begin with the count of what is wrong. What is said by
 * a table's schema or by an item does not. */
const BY_THE_REQUEST_ALONE =
  /^(?:Invalid \w+Expression: |ExpressionAttribute(?:Names|Values) |Value provided in ExpressionAttribute|Can not use both expression |One or more parameter values were invalid: (?:An (?:string|number) set |Binary sets |Input collection |Null attribute value types ))/;

/** A validation's text as DynamoDB has worded it in eu-west-2 since 9 June 2026; engines have the wording from before.
 * Observed: https://github.com/paritysuite/dynamodb-conformance (captures/2026-06-09-validation-rewording.json) */
export function currentText(message: string): string {
  return BY_THE_REQUEST_ALONE.test(message) ? `1 validation error detected: ${message}` : message;
}
