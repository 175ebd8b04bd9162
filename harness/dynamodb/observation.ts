import type { AuthorizationRequest } from "../iam/decision-types.ts";
import type { JsonObject } from "../json.ts";

/** One signed operation as the gate saw it, for those who judge a program by what it does to its data. Holds items. */
export interface GateObservation {
  /** The gateway's request id where a function asked, else the endpoint's own. */
  readonly requestId: string;
  /** `GetItem` */
  readonly operation: string;
  readonly input: JsonObject;
  /** What IAM was asked, in order; after a denial nothing more is asked. */
  readonly asked: readonly AuthorizationRequest[];
  /** `refused`: allowed, but not a request that DynamoDB takes. It reached no item, and neither did a denied one. */
  readonly outcome: "denied" | "refused" | "executed";
  /** With `executed`: the answer as the caller got it. */
  readonly answer?: { readonly status: number; readonly body: string };
}

export type ObserveGate = (observation: GateObservation) => void;
