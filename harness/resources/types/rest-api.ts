import { type ResourceTypes, refusedType } from "../resource-type.ts";

const REST_API = refusedType("REST APIs are not emulated", "declare an HTTP API (`aws.apigatewayv2.Api`)");

/** REST APIs are another service than HTTP APIs, with other rules: refused by name, every part of them. */
export const REST_API_TYPES: ResourceTypes = Object.fromEntries(
  [
    "ApiKey",
    "Authorizer",
    "BasePathMapping",
    "ClientCertificate",
    "Deployment",
    "DocumentationPart",
    "DocumentationVersion",
    "DomainName",
    "Integration",
    "IntegrationResponse",
    "Method",
    "MethodResponse",
    "MethodSettings",
    "Model",
    "RequestValidator",
    "Resource",
    "Response",
    "RestApi",
    "RestApiPolicy",
    "Stage",
    "UsagePlan",
    "UsagePlanKey",
    "VpcLink",
  ].map((name) => [`aws:apigateway/${name.charAt(0).toLowerCase()}${name.slice(1)}:${name}`, REST_API]),
);
