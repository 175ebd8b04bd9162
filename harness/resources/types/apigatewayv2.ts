import { type Identifiers, LOWER_ALPHANUMERIC } from "../../pulumi/identifiers.ts";
import { inputBlock, inputText, physicalName, withId } from "../creation.ts";
import { type Create, emulatedType, inertType, type ResourceTypes, refusedType } from "../resource-type.ts";
import {
  block,
  blocks,
  flag,
  inert,
  number,
  only,
  type Properties,
  refused,
  text,
  textMap,
  texts,
} from "../treatments.ts";
import { INERT_TAGS, REGION, REMARK } from "./shared-rows.ts";

export const API_TYPE = "aws:apigatewayv2/api:Api";
export const ROUTE_TYPE = "aws:apigatewayv2/route:Route";
export const INTEGRATION_TYPE = "aws:apigatewayv2/integration:Integration";
export const STAGE_TYPE = "aws:apigatewayv2/stage:Stage";
export const AUTHORIZER_TYPE = "aws:apigatewayv2/authorizer:Authorizer";
export const DEPLOYMENT_TYPE = "aws:apigatewayv2/deployment:Deployment";

const WEBSOCKET = "it is for WebSocket APIs, which are not emulated";
const WEBSOCKET_ONLY = refused(WEBSOCKET);
const ROLE_INVOCATION = refused(
  "invocation by a role is not emulated",
  "let API Gateway in by an `aws.lambda.Permission` and remove it",
);

/** @see https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis.html */
const API: Properties = {
  ...REGION,
  ...INERT_TAGS,
  protocolType: only(["HTTP"], "only HTTP APIs are emulated", "set it to `HTTP`"),
  name: text,
  corsConfiguration: block({
    allowCredentials: flag,
    allowHeaders: texts,
    allowMethods: texts,
    allowOrigins: texts,
    exposeHeaders: texts,
    maxAge: number,
  }),
  disableExecuteApiEndpoint: flag,
  target: text,
  routeKey: text,
  credentialsArn: ROLE_INVOCATION,
  description: REMARK,
  version: REMARK,
  ipAddressType: inert("the local server listens on 127.0.0.1"),
  failOnWarnings: inert("it is about OpenAPI documents, which are refused"),
  apiKeySelectionExpression: only(["$request.header.x-api-key"], WEBSOCKET),
  routeSelectionExpression: only(["$request.method $request.path"], "HTTP APIs have one way to select a route"),
  body: refused("OpenAPI documents are not emulated", "declare routes and integrations as resources"),
};

/** @see https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-routes.html */
const ROUTE: Properties = {
  ...REGION,
  apiId: text,
  routeKey: text,
  target: text,
  authorizationType: text,
  authorizerId: text,
  authorizationScopes: texts,
  operationName: REMARK,
  apiKeyRequired: only([false], WEBSOCKET),
  modelSelectionExpression: WEBSOCKET_ONLY,
  requestModels: WEBSOCKET_ONLY,
  requestParameters: WEBSOCKET_ONLY,
  routeResponseSelectionExpression: WEBSOCKET_ONLY,
};

const MAPPING = refused("parameter mapping is not emulated", "map in the function");

/** @see https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-integrations.html */
const INTEGRATION: Properties = {
  ...REGION,
  apiId: text,
  integrationType: only(["AWS_PROXY"], "only Lambda proxy integrations are emulated", "set it to `AWS_PROXY`"),
  integrationUri: text,
  payloadFormatVersion: text,
  timeoutMilliseconds: number,
  description: REMARK,
  integrationMethod: only(["POST"], "Lambda is invoked by POST", "set it to `POST` or remove it"),
  connectionType: only(["INTERNET"], "VPC links are not emulated"),
  passthroughBehavior: inert("it is about WebSocket APIs"),
  connectionId: refused("VPC links are not emulated"),
  credentialsArn: ROLE_INVOCATION,
  integrationSubtype: refused("integrations with other AWS services are not emulated", "put a function in between"),
  requestParameters: MAPPING,
  responseParameters: MAPPING,
  tlsConfig: refused("private integrations are not emulated"),
  contentHandlingStrategy: WEBSOCKET_ONLY,
  requestTemplates: WEBSOCKET_ONLY,
  templateSelectionExpression: WEBSOCKET_ONLY,
};

const LOGGED_BY_WEBSOCKETS = "HTTP APIs have throttling and metrics only";
const ROUTE_SETTINGS: Properties = {
  throttlingRateLimit: number,
  throttlingBurstLimit: number,
  detailedMetricsEnabled: inert("no metrics are kept locally"),
  dataTraceEnabled: only([false], LOGGED_BY_WEBSOCKETS),
  loggingLevel: only(["OFF"], LOGGED_BY_WEBSOCKETS),
};

/** @see https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-stages.html */
const STAGE: Properties = {
  ...REGION,
  ...INERT_TAGS,
  apiId: text,
  name: text,
  autoDeploy: flag,
  deploymentId: text,
  stageVariables: textMap,
  defaultRouteSettings: block(ROUTE_SETTINGS),
  routeSettings: blocks({ routeKey: text, ...ROUTE_SETTINGS }),
  accessLogSettings: block({ destinationArn: text, format: text }),
  description: REMARK,
  clientCertificateId: WEBSOCKET_ONLY,
};

const LAMBDA_AUTHORIZER = refused("Lambda authorizers are not emulated", "use a JWT authorizer and remove it");

/** @see https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-authorizers.html */
const AUTHORIZER: Properties = {
  ...REGION,
  apiId: text,
  name: text,
  authorizerType: only(["JWT"], "only JWT authorizers are emulated", "use a JWT authorizer"),
  identitySources: texts,
  jwtConfiguration: block({ audiences: texts, issuer: text }),
  authorizerUri: LAMBDA_AUTHORIZER,
  authorizerCredentialsArn: LAMBDA_AUTHORIZER,
  authorizerPayloadFormatVersion: LAMBDA_AUTHORIZER,
  authorizerResultTtlInSeconds: LAMBDA_AUTHORIZER,
  enableSimpleResponses: LAMBDA_AUTHORIZER,
};

const DEPLOYMENT: Properties = {
  ...REGION,
  apiId: text,
  description: REMARK,
  triggers: inert("every start deploys anew"),
};

const ACCOUNTLESS = { accountId: "" };

const createApi: Create = (resource, ids) => {
  const id = ids.text(resource, "id", 10, LOWER_ALPHANUMERIC);
  const arn = ids.arn("apigateway", `/apis/${id}`, ACCOUNTLESS);
  const outputs = {
    arn,
    name: physicalName(resource, ids),
    apiEndpoint: endpoint(id, ids),
    executionArn: ids.arn("execute-api", id),
  };
  return { id, arn, outputs };
};

function endpoint(apiId: string, ids: Identifiers): string {
  return `https://${apiId}.execute-api.${ids.deployment.region}.amazonaws.com`;
}

const createStage: Create = (resource, ids) => {
  const name = physicalName(resource, ids);
  const apiId = inputText(resource, "apiId");
  const arn = ids.arn("apigateway", `/apis/${apiId}/stages/${name}`, ACCOUNTLESS);
  const invokeUrl = `${endpoint(apiId, ids)}${name === "$default" ? "/" : `/${name}`}`;
  return { id: name, arn, outputs: { arn, name, invokeUrl, executionArn: ids.arn("execute-api", `${apiId}/${name}`) } };
};

const createAuthorizer: Create = (resource, ids) => ({
  ...withId(6)(resource, ids),
  outputs: { name: physicalName(resource, ids) },
});

const CUSTOM_DOMAIN = "the API is served at its own local address";

const createDomainName: Create = (resource, ids) => {
  const domain = inputText(resource, "domainName") || resource.name;
  const arn = ids.arn("apigateway", `/domainnames/${domain}`, ACCOUNTLESS);
  const target = ids.text(resource, "target", 10, LOWER_ALPHANUMERIC);
  const domainNameConfiguration = {
    ...inputBlock(resource, "domainNameConfiguration"),
    targetDomainName: `d-${target}.execute-api.${ids.deployment.region}.amazonaws.com`,
    hostedZoneId: `Z${ids.text(resource, "zone", 13, LOWER_ALPHANUMERIC).toUpperCase()}`,
  };
  return {
    id: domain,
    arn,
    outputs: { arn, apiMappingSelectionExpression: "$request.basepath", domainNameConfiguration },
  };
};

/** Children of an HTTP API that have nothing but an id: seven characters on AWS. */
const createPart = withId(7);

export const APIGATEWAYV2_TYPES: ResourceTypes = {
  [API_TYPE]: emulatedType(API, createApi),
  [ROUTE_TYPE]: emulatedType(ROUTE, createPart),
  [INTEGRATION_TYPE]: emulatedType(INTEGRATION, createPart),
  [STAGE_TYPE]: emulatedType(STAGE, createStage),
  [AUTHORIZER_TYPE]: emulatedType(AUTHORIZER, createAuthorizer),
  [DEPLOYMENT_TYPE]: emulatedType(DEPLOYMENT, createPart),
  "aws:apigatewayv2/apiMapping:ApiMapping": inertType(CUSTOM_DOMAIN, withId(6)),
  "aws:apigatewayv2/domainName:DomainName": inertType(CUSTOM_DOMAIN, createDomainName),
  "aws:apigatewayv2/integrationResponse:IntegrationResponse": refusedType(WEBSOCKET),
  "aws:apigatewayv2/model:Model": refusedType(WEBSOCKET),
  "aws:apigatewayv2/routeResponse:RouteResponse": refusedType(WEBSOCKET),
  "aws:apigatewayv2/routingRule:RoutingRule": refusedType("routing rules of custom domains are not emulated"),
  "aws:apigatewayv2/vpcLink:VpcLink": refusedType("VPC links are not emulated"),
};
