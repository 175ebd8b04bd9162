import { ApiGatewayV2 } from "@aws-sdk/client-apigatewayv2";
import { CloudWatch } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogs } from "@aws-sdk/client-cloudwatch-logs";
import { CognitoIdentityProvider } from "@aws-sdk/client-cognito-identity-provider";
import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { IAM } from "@aws-sdk/client-iam";
import { Lambda } from "@aws-sdk/client-lambda";
import { STS } from "@aws-sdk/client-sts";
import type { Json } from "../values.ts";

/** The services at the endpoints that the provider's configuration names, each under the provider's own name for it. */
export interface Clients {
  readonly apigatewayv2: ApiGatewayV2;
  readonly cloudwatch: CloudWatch;
  readonly cognitoidp: CognitoIdentityProvider;
  readonly dynamodb: DynamoDB;
  readonly iam: IAM;
  readonly lambda: Lambda;
  readonly logs: CloudWatchLogs;
  readonly sts: STS;
}

/** @throws Error when a service that is asked has no endpoint: it would be looked for on AWS. */
export function clientsFor(configuration: Json, endpoints: Readonly<Record<string, string>>): Clients {
  const shared = {
    region: String(configuration.region),
    credentials: { accessKeyId: String(configuration.accessKey), secretAccessKey: String(configuration.secretKey) },
    maxAttempts: 2,
  };
  const at = (service: string) => ({
    ...shared,
    // A service without one is asked nothing by a stack that works; were it asked, this address answers nobody.
    endpoint: endpoints[service] ?? "http://127.0.0.1:9",
  });
  return {
    apigatewayv2: new ApiGatewayV2(at("apigatewayv2")),
    cloudwatch: new CloudWatch(at("cloudwatch")),
    cognitoidp: new CognitoIdentityProvider(at("cognitoidp")),
    dynamodb: new DynamoDB(at("dynamodb")),
    iam: new IAM(at("iam")),
    lambda: new Lambda(at("lambda")),
    logs: new CloudWatchLogs(at("logs")),
    sts: new STS(at("sts")),
  };
}
