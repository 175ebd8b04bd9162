import { capitalized, type Rows } from "./row.ts";

/** HTTP APIs and their parts. */
export const API_ROWS: Rows = {
  "aws:apigatewayv2/api:Api": {
    async create({ clients, region, accountId }, inputs) {
      const made = await clients.apigatewayv2.createApi({
        Name: inputs.name,
        ProtocolType: inputs.protocolType,
        CorsConfiguration: capitalized(inputs.corsConfiguration),
        DisableExecuteApiEndpoint: inputs.disableExecuteApiEndpoint,
        Description: inputs.description,
        Tags: inputs.tags,
      });
      const id = made.ApiId ?? "";
      return {
        id,
        outputs: {
          arn: `arn:aws:apigateway:${region}::/apis/${id}`,
          apiEndpoint: made.ApiEndpoint,
          executionArn: `arn:aws:execute-api:${region}:${accountId}:${id}`,
        },
      };
    },
    delete: ({ clients }, _inputs, ApiId) => clients.apigatewayv2.deleteApi({ ApiId }),
  },
  "aws:apigatewayv2/authorizer:Authorizer": {
    async create({ clients }, inputs) {
      const { audiences: Audience, issuer: Issuer } = inputs.jwtConfiguration;
      const made = await clients.apigatewayv2.createAuthorizer({
        ApiId: inputs.apiId,
        Name: inputs.name,
        AuthorizerType: inputs.authorizerType,
        IdentitySource: inputs.identitySources,
        JwtConfiguration: { Audience, Issuer },
      });
      return { id: made.AuthorizerId ?? "", outputs: {} };
    },
    delete: ({ clients }, { apiId: ApiId }, AuthorizerId) =>
      clients.apigatewayv2.deleteAuthorizer({ ApiId, AuthorizerId }),
  },
  "aws:apigatewayv2/integration:Integration": {
    async create({ clients }, inputs) {
      const made = await clients.apigatewayv2.createIntegration({
        ApiId: inputs.apiId,
        IntegrationType: inputs.integrationType,
        IntegrationUri: inputs.integrationUri,
        PayloadFormatVersion: inputs.payloadFormatVersion,
        TimeoutInMillis: inputs.timeoutMilliseconds,
        ConnectionType: "INTERNET",
      });
      return { id: made.IntegrationId ?? "", outputs: {} };
    },
    delete: ({ clients }, { apiId: ApiId }, IntegrationId) =>
      clients.apigatewayv2.deleteIntegration({ ApiId, IntegrationId }),
  },
  "aws:apigatewayv2/route:Route": {
    async create({ clients }, inputs) {
      const made = await clients.apigatewayv2.createRoute({
        ApiId: inputs.apiId,
        RouteKey: inputs.routeKey,
        Target: inputs.target,
        AuthorizationType: inputs.authorizationType,
        AuthorizerId: inputs.authorizerId,
        AuthorizationScopes: inputs.authorizationScopes,
      });
      return { id: made.RouteId ?? "", outputs: {} };
    },
    delete: ({ clients }, { apiId: ApiId }, RouteId) => clients.apigatewayv2.deleteRoute({ ApiId, RouteId }),
  },
  "aws:apigatewayv2/stage:Stage": {
    async create({ clients, region, accountId }, inputs) {
      const { apiId: ApiId, name: StageName } = inputs;
      const made = await clients.apigatewayv2.createStage({
        ApiId,
        StageName,
        AutoDeploy: inputs.autoDeploy,
        StageVariables: inputs.stageVariables,
        DefaultRouteSettings: capitalized(inputs.defaultRouteSettings),
        AccessLogSettings: capitalized(inputs.accessLogSettings),
        Tags: inputs.tags,
      });
      return {
        id: made.StageName ?? "",
        outputs: {
          arn: `arn:aws:apigateway:${region}::/apis/${ApiId}/stages/${StageName}`,
          executionArn: `arn:aws:execute-api:${region}:${accountId}:${ApiId}/${StageName}`,
        },
      };
    },
    async update({ clients }, { apiId: ApiId, stageVariables: StageVariables }, StageName) {
      await clients.apigatewayv2.updateStage({ ApiId, StageName, StageVariables });
    },
    delete: ({ clients }, { apiId: ApiId }, StageName) => clients.apigatewayv2.deleteStage({ ApiId, StageName }),
  },
};
