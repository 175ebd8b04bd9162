import { Api } from "@pulumi/aws/apigatewayv2/api";
import { Authorizer } from "@pulumi/aws/apigatewayv2/authorizer";
import { Integration } from "@pulumi/aws/apigatewayv2/integration";
import { Route } from "@pulumi/aws/apigatewayv2/route";
import { Stage } from "@pulumi/aws/apigatewayv2/stage";
import { LogGroup } from "@pulumi/aws/cloudwatch/logGroup";
import type { Function as LambdaFunction } from "@pulumi/aws/lambda/function";
import { Permission } from "@pulumi/aws/lambda/permission";
import * as pulumi from "@pulumi/pulumi";
import { accessLogFormat } from "./access-log-format";
import type { Settings } from "./config";
import type { Identity } from "./identity";

/** A function and the routes that lead to it, each as method and path. */
export interface Endpoint {
  readonly name: string;
  readonly handler: LambdaFunction;
  readonly routeKeys: readonly `${string} /${string}`[];
}

/** The API with what stands around it. */
export interface HttpApi {
  readonly api: Api;
  readonly stage: Stage;
  /** One line for each request. */
  readonly accessLog: LogGroup;
}

/** Cognito puts this scope into the access tokens of people who sign in; ID tokens have none and so are refused with 403. */
const userScope = "aws.cognito.signin.user.admin";

const stageName = "$default";

/** The API: every route asks for a token of the pool's client, and has the right to invoke its one function. */
export function createHttpApi(settings: Settings, identity: Identity, endpoints: readonly Endpoint[]): HttpApi {
  const api = new Api("todo-api", {
    protocolType: "HTTP",
    corsConfiguration: {
      allowOrigins: [...settings.allowedOrigins],
      allowMethods: ["GET", "POST", "PUT", "DELETE"],
      allowHeaders: ["authorization", "content-type", "if-match"],
      exposeHeaders: ["etag", "location"],
      allowCredentials: false,
      maxAge: 3600,
    },
    tags: settings.tags,
  });
  const authorizer = new Authorizer("todo-users", {
    apiId: api.id,
    authorizerType: "JWT",
    identitySources: ["$request.header.Authorization"],
    jwtConfiguration: { issuer: identity.issuer, audiences: [identity.client.id] },
  });
  for (const endpoint of endpoints) createEndpoint(api, authorizer, endpoint);
  return { api, ...createStage(api, settings) };
}

function createEndpoint(api: Api, authorizer: Authorizer, { name, handler, routeKeys }: Endpoint): void {
  const integration = new Integration(name, {
    apiId: api.id,
    integrationType: "AWS_PROXY",
    integrationUri: handler.invokeArn,
    payloadFormatVersion: "2.0",
  });
  for (const routeKey of routeKeys) {
    const routeName = resourceName(routeKey);
    new Route(routeName, {
      apiId: api.id,
      routeKey,
      target: pulumi.interpolate`integrations/${integration.id}`,
      // Without the type a route is open to everybody, whatever authorizer it names.
      authorizationType: "JWT",
      authorizerId: authorizer.id,
      authorizationScopes: [userScope],
    });
    new Permission(routeName, {
      action: "lambda:InvokeFunction",
      function: handler.name,
      principal: "apigateway.amazonaws.com",
      sourceArn: pulumi.interpolate`${api.executionArn}/${stageName}/${routeKey.replace(" /", "/")}`,
    });
  }
}

/** `GET /todos/{todoId}` is called `get-todos-todo-id`. */
function resourceName(routeKey: string): string {
  const words = routeKey.replace(/[A-Z][a-z]/g, (start) => ` ${start}`).match(/[A-Za-z]+/g) ?? [];
  return words.join("-").toLowerCase();
}

function createStage(api: Api, settings: Settings): Pick<HttpApi, "stage" | "accessLog"> {
  const accessLog = new LogGroup("todo-api", { retentionInDays: settings.logRetentionDays, tags: settings.tags });
  const stage = new Stage("todo-api", {
    apiId: api.id,
    name: stageName,
    autoDeploy: true,
    defaultRouteSettings: {
      throttlingRateLimit: settings.throttlingRateLimit,
      throttlingBurstLimit: settings.throttlingBurstLimit,
    },
    accessLogSettings: { destinationArn: accessLog.arn, format: accessLogFormat },
    tags: settings.tags,
  });
  return { stage, accessLog };
}
