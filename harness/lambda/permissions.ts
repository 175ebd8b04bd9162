import type { Decision } from "../iam/decision.ts";

/** The resource policies of all functions, from `aws:lambda/permission:Permission`. */
export interface InvokePermissions {
  /** May API Gateway invoke this function on behalf of this route's ARN? */
  mayInvoke(functionArn: string, sourceArn: string): Decision;
}
