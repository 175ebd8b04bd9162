/** Runtimes that CreateFunction takes, by the Node.js major version in them.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html */
export const NODE_RUNTIMES: ReadonlyMap<string, number> = new Map([
  ["nodejs20.x", 20],
  ["nodejs22.x", 22],
  ["nodejs24.x", 24],
]);

export interface Deprecation {
  /** The day from which AWS maintains it no longer. */
  readonly deprecated: string;
  /** The day from which CreateFunction refuses it, as AWS's page had it in October 2026. AWS has put such days off before. */
  readonly noNewFunctions: string;
}

/** Runtimes that AWS maintains no longer, and that run here all the same. */
export const DEPRECATED_NODE_RUNTIMES: ReadonlyMap<string, Deprecation> = new Map([
  ["nodejs20.x", { deprecated: "2026-04-30", noNewFunctions: "2027-02-01" }],
]);

export interface RetiredRuntime extends Deprecation {
  readonly nodeMajor: number;
  /** Whether it brings `aws-sdk`, the SDK's version 2, which is in no later runtime. */
  readonly bringsSdkVersion2: boolean;
}

/** Runtimes that AWS once served.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html#runtimes-deprecated */
export const RETIRED_NODE_RUNTIMES: ReadonlyMap<string, RetiredRuntime> = new Map([
  ["nodejs12.x", { nodeMajor: 12, deprecated: "2023-03-31", noNewFunctions: "2023-03-31", bringsSdkVersion2: true }],
  ["nodejs14.x", { nodeMajor: 14, deprecated: "2023-12-04", noNewFunctions: "2024-01-09", bringsSdkVersion2: true }],
  ["nodejs16.x", { nodeMajor: 16, deprecated: "2024-06-12", noNewFunctions: "2027-02-01", bringsSdkVersion2: true }],
  ["nodejs18.x", { nodeMajor: 18, deprecated: "2025-09-01", noNewFunctions: "2027-02-01", bringsSdkVersion2: false }],
]);
