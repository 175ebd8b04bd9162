/** The parts of an ARN: `arn:partition:service:region:account:resource`. */
export interface Arn {
  readonly partition: string;
  readonly service: string;
  readonly region: string;
  readonly accountId: string;
  /** Everything after the fifth colon; may itself hold colons and slashes. */
  readonly resource: string;
}

/** Splits an ARN, or answers `undefined` for text that is not one.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html */
export function parseArn(text: string): Arn | undefined {
  const [prefix, partition, service, region, accountId, ...resource] = text.split(":");
  if (prefix !== "arn" || partition === undefined || service === undefined || region === undefined) return undefined;
  if (accountId === undefined || resource.length === 0) return undefined;
  return { partition, service, region, accountId, resource: resource.join(":") };
}

export function formatArn(arn: Arn): string {
  return `arn:${arn.partition}:${arn.service}:${arn.region}:${arn.accountId}:${arn.resource}`;
}
