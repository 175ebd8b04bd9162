import type { CorsConfiguration } from "./cors-configuration.ts";
import type { RouteKey } from "./route-key.ts";

/** The HTTP APIs of a program, read from its `aws:apigatewayv2/*` resources. */
export interface HttpApi {
  readonly apiId: string;
  readonly name: string;
  /** `aws:apigatewayv2/api:Api logical-name`. */
  readonly declaredBy: string;
  readonly disableExecuteApiEndpoint: boolean;
  /** Absent: the API has no CORS configuration, and the integration's own headers pass. */
  readonly cors?: CorsConfiguration;
  readonly stages: readonly Stage[];
  readonly routes: readonly Route[];
}

export interface Stage {
  /** `$default`, or the first path segment that chooses this stage. */
  readonly name: string;
  readonly declaredBy: string;
  /** Auto-deploy, or a deployment: without either the stage answers nothing. */
  readonly deployed: boolean;
  readonly stageVariables?: Readonly<Record<string, string>>;
  /** Absent: the account's limits alone. */
  readonly defaultThrottle?: ThrottleLimits;
  /** By route key, as written in the route. */
  readonly routeThrottles: ReadonlyMap<string, ThrottleLimits>;
  readonly accessLog?: AccessLogSettings;
}

export interface ThrottleLimits {
  /** Steady state, requests per second. */
  readonly rateLimit: number;
  /** The bucket's size in requests. */
  readonly burstLimit: number;
}

export interface AccessLogSettings {
  readonly destinationArn: string;
  /** Text with `$context.…` variables. */
  readonly format: string;
}

export interface Route {
  /** As configured, e.g. `GET /pets/{petId}` or `$default`. */
  readonly routeKey: string;
  readonly key: RouteKey;
  readonly authorization: Authorization;
  readonly target: RouteTarget;
  readonly declaredBy: string;
}

export type Authorization =
  | { readonly type: "NONE" }
  | { readonly type: "AWS_IAM" }
  | {
      readonly type: "JWT";
      readonly authorizer: JwtAuthorizerConfiguration;
      /** Any one of them admits a token; empty: none is asked for. */
      readonly scopes: readonly string[];
    };

export interface JwtAuthorizerConfiguration {
  readonly authorizerId: string;
  readonly declaredBy: string;
  /** Compared with `iss` as text, never normalised. */
  readonly issuer: string;
  readonly audience: readonly string[];
  readonly identitySource: IdentitySource;
}

export type IdentitySource =
  | { readonly in: "header"; readonly name: string }
  | { readonly in: "querystring"; readonly name: string };

/** What a function is given, and how its answer is read.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html */
export type PayloadFormatVersion = "1.0" | "2.0";

export type RouteTarget =
  | {
      readonly kind: "lambda";
      readonly functionArn: string;
      readonly payloadFormatVersion: PayloadFormatVersion;
      readonly timeoutMilliseconds: number;
      /** The integration, or the API itself for quick create. */
      readonly declaredBy: string;
    }
  /** AWS accepts such a route and answers 500 when it is asked. */
  | { readonly kind: "dangling"; readonly reason: string };
