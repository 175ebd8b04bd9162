/** Runtimes that CreateFunction takes, by the Node.js major version in them.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html */
export const NODE_RUNTIMES: ReadonlyMap<string, number> = new Map([
  ["nodejs20.x", 20],
  ["nodejs22.x", 22],
  ["nodejs24.x", 24],
]);
