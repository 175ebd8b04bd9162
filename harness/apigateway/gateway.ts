import type { Clock } from "../clock.ts";
import type { HttpHandler } from "../http.ts";
import type { Decision } from "../iam/decision.ts";
import type { Journal } from "../journal.ts";
import type { InvokeFunction } from "../lambda/invocation.ts";
import type { HttpApi } from "./http-api.ts";
import type { FindSigningKey } from "./keys.ts";

/** Everything that an API needs from outside: one gateway serves one API. */
export interface GatewayOptions {
  readonly api: HttpApi;
  /** Twelve digits. */
  readonly accountId: string;
  readonly region: string;
  readonly findSigningKey: FindSigningKey;
  readonly invoke: InvokeFunction;
  /** May API Gateway invoke this function on behalf of this `arn:aws:execute-api:…`? */
  readonly mayInvoke: (functionArn: string, sourceArn: string) => Decision;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly randomBytes: (size: number) => Buffer;
  /** One access log entry, for the log group that the stage names. */
  readonly writeAccessLog: (destinationArn: string, line: string) => void;
  /** Runs `callback` once after the time; the answer cancels it. Default: `setTimeout`. */
  readonly startTimer?: (milliseconds: number, callback: () => void) => () => void;
  /** Whether answers that the gateway makes itself (401, 404, 429, 5xx) carry CORS headers: AWS does not say. Default: no. */
  readonly corsOnGatewayErrors?: boolean;
}

/** The shape of `createGateway`. */
export type CreateGateway = (options: GatewayOptions) => HttpHandler;
