import type { HttpRequest } from "../http.ts";
import type { Route, Stage } from "./http-api.ts";
import type { VerifiedClaims } from "./jwt-authorizer.ts";

/** What is known of one request by the time it is answered: filled step by step, read by the access log. */
export interface Exchange {
  readonly request: HttpRequest;
  readonly requestId: string;
  readonly accountId: string;
  readonly apiId: string;
  readonly domainName: string;
  readonly startedAtMilliseconds: number;
  readonly userAgent: string | undefined;
  stage?: Stage;
  route?: Route;
  /** Decoded. */
  path?: string;
  verified?: VerifiedClaims;
  authorizerError?: string;
  integration?: IntegrationOutcome;
  /** The `message` of an answer that the gateway made itself. */
  errorMessage?: string;
  status?: number;
  responseLength?: number;
  responseLatencyMilliseconds?: number;
}

/** How the call of the function went; absent where none was made. */
export interface IntegrationOutcome {
  readonly latencyMilliseconds: number;
  /** What the Lambda service answered: 200 also for a function that failed. */
  readonly serviceStatus?: number;
  /** What the function's JSON said. */
  readonly functionStatus?: number;
  readonly error?: string;
}
