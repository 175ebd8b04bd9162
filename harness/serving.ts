import { randomBytes } from "node:crypto";
import { createGateway } from "./apigateway/gateway.ts";
import type { FindSigningKey } from "./apigateway/signing-key-types.ts";
import type { Clock } from "./clock.ts";
import type { HttpHandler } from "./http.ts";
import type { CredentialStore } from "./iam/credentials.ts";
import type { Journal } from "./journal.ts";
import type { InvokeFunction } from "./lambda/invocation-types.ts";
import type { LogSink } from "./lambda/logs.ts";
import type { LambdaEndpoint } from "./lambda/remote/lambda-endpoint.ts";
import { createLambda, type Lambda, type LambdaOptions } from "./lambda/runner.ts";
import type { Isolation } from "./lambda/sandbox.ts";
import type { Model } from "./model.ts";

/** What a version of the program is served in: it outlives every version. */
export interface ServingEnvironment {
  readonly clock: Clock;
  readonly journal: Journal;
  readonly credentials: CredentialStore;
  readonly findSigningKey: FindSigningKey;
  /** Where functions are unpacked: a folder outside the project. */
  readonly functionsRoot: string;
  readonly awsEndpointUrl: string;
  readonly awsEndpoint?: LambdaOptions["awsEndpoint"];
  readonly layerFrom: string;
  /** Where compiled code of the runtime's SDK is kept between starts. */
  readonly compileCache: string;
  readonly isolation: Isolation;
  readonly debugged: boolean;
  /** Runs the functions in place of this machine. */
  readonly lambdaEndpoint?: LambdaEndpoint;
  readonly logSink: LogSink;
  /** Told of each event that a gateway makes. */
  readonly onEvent?: (payload: string) => void;
  readonly accessLog: (destinationArn: string, line: string) => void;
  /** Told why a browser will not send a request, or will hide its answer from the page. */
  readonly onCorsProblem: (reason: string) => void;
}

/** One version of the program, serving: replaced as a whole when the program changes. */
export interface Serving {
  readonly model: Model;
  readonly lambda: Lambda;
  /** By API id. */
  readonly gateways: ReadonlyMap<string, HttpHandler>;
}

/** Starts a version's functions and builds a gateway for each of its APIs. */
export async function startServing(model: Model, environment: ServingEnvironment): Promise<Serving> {
  const { accountId, region } = model.program.deployment;
  const { clock, journal, findSigningKey, lambdaEndpoint } = environment;
  const lambda = await (lambdaEndpoint?.serve(model.functions) ?? localLambda(model, environment));
  const gateways = model.apis.map((api): [string, HttpHandler] => [
    api.apiId,
    createGateway({
      api,
      accountId,
      region,
      findSigningKey,
      invoke: observed(lambda.invoke, environment.onEvent),
      mayInvoke: model.permissions.mayInvoke,
      journal,
      clock,
      randomBytes,
      writeAccessLog: environment.accessLog,
      onCorsProblem: environment.onCorsProblem,
    }),
  ]);
  return { model, lambda, gateways: new Map(gateways) };
}

function localLambda(model: Model, environment: ServingEnvironment): Promise<Lambda> {
  const { region } = model.program.deployment;
  const { clock, credentials } = environment;
  return createLambda({
    functions: model.functions,
    root: environment.functionsRoot,
    region,
    awsEndpointUrl: environment.awsEndpointUrl,
    awsEndpoint: environment.awsEndpoint,
    issueRoleSession: (request) => credentials.issueRoleSession({ ...request, ...tagsOf(model, request.roleArn) }),
    revoke: credentials.revoke,
    clock,
    logSink: environment.logSink,
    layerFrom: environment.layerFrom,
    compileCache: environment.compileCache,
    isolation: environment.isolation,
    debugged: environment.debugged,
  });
}

function observed(invoke: InvokeFunction, onEvent: ServingEnvironment["onEvent"]): InvokeFunction {
  if (onEvent === undefined) return invoke;
  return (request) => {
    onEvent(request.payload);
    return invoke(request);
  };
}

function tagsOf(model: Model, roleArn: string): { tags?: Readonly<Record<string, string>> } {
  const tags = model.roles.byArn(roleArn)?.tags;
  return tags === undefined ? {} : { tags };
}
