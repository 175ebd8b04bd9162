import { HarnessError } from "../errors.ts";
import { isJsonObject, parseJsonObject, shown } from "../json.ts";
import type { TargetApi, TargetRoute } from "./target.ts";

/** What a deployed stack says of itself: enough to ask it. */
export interface StackFacts {
  readonly region: string;
  readonly apis: readonly TargetApi[];
  /** `undefined`: outputs name no functions; a state does. */
  readonly routes?: readonly TargetRoute[];
  readonly tableNames: readonly string[];
  readonly userPool?: { readonly userPoolId: string; readonly clientId: string };
  /** Where a harness that serves the stack answers: what `npm start -- --json` prints, and no deployed stack has. */
  readonly harnessUrl?: string;
}

type Json = Readonly<Record<string, unknown>>;

/**
 * Reads a stack as Pulumi writes it: `pulumi stack export`, a state file of the engine, or `pulumi stack output --json`
 * with `apiUrl`, `region`, `tableName`, `userPoolId` and `userPoolClientId`; or what `npm start -- --json` prints.
 *
 * @param source the file's name, for messages.
 * @throws HarnessError CONFIGURATION saying what is missing.
 */
export function readStackFacts(text: string, source: string): StackFacts {
  const value = parse(text, source);
  const checkpoint = record(record(value.checkpoint).latest);
  const resources = record(value.deployment).resources ?? checkpoint.resources ?? record(value.latest).resources;
  return Array.isArray(resources) ? factsOfState(resources.map(record), source) : factsOfOutputs(value, source);
}

function parse(text: string, source: string): Json {
  const value = parseJsonObject(text);
  if (value !== undefined) return value;
  throw refused(source, "it is no JSON object. Write it with pulumi stack export, or pulumi stack output --json");
}

function refused(source: string, why: string): HarnessError {
  return new HarnessError("CONFIGURATION", `${source} does not describe a stack: ${why}.`);
}

const record = (value: unknown): Json => (isJsonObject(value) ? value : {});

function factsOfOutputs(outputs: Json, source: string): StackFacts {
  const text = (name: string): string | undefined => {
    const value = outputs[name];
    return typeof value === "string" && value !== "" ? value : undefined;
  };
  const { apiUrl, region, tableName, userPoolId, userPoolClientId } = {
    apiUrl: text("apiUrl"),
    region: text("region"),
    tableName: text("tableName"),
    userPoolId: text("userPoolId"),
    userPoolClientId: text("userPoolClientId"),
  };
  if (apiUrl === undefined || !URL.canParse(apiUrl)) throw refused(source, "its output apiUrl is missing or is no URL");
  const harnessUrl = text("awsEndpointUrl");
  if (harnessUrl !== undefined && !URL.canParse(harnessUrl)) throw refused(source, "its awsEndpointUrl is no URL");
  const found = region ?? userPoolId?.split("_")[0];
  if (found === undefined) throw refused(source, "its output region is missing");
  return {
    region: found,
    apis: [apiOf("apiUrl", apiUrl)],
    tableNames: tableName === undefined ? [] : [tableName],
    ...(userPoolId === undefined || userPoolClientId === undefined
      ? {}
      : { userPool: { userPoolId, clientId: userPoolClientId } }),
    ...(harnessUrl === undefined ? {} : { harnessUrl }),
  };
}

/** An API's own address begins with its id, on AWS and on the endpoints that speak like it. */
function apiOf(name: string, url: string): TargetApi {
  const id = /^([a-z0-9]+)\.execute-api\./.exec(new URL(url).hostname)?.[1];
  return { name, url: url.replace(/\/$/, ""), ...(id === undefined ? {} : { apiId: id }) };
}

interface Deployed {
  readonly id: string;
  readonly inputs: Json;
  readonly outputs: Json;
}

function factsOfState(resources: readonly Json[], source: string): StackFacts {
  const ofType = (type: string): readonly Deployed[] =>
    resources
      .filter((resource) => resource.type === type && resource.delete !== true)
      .map(({ id, inputs, outputs }) => ({ id: shown(id), inputs: record(inputs), outputs: record(outputs) }));
  const apis = ofType("aws:apigatewayv2/api:Api");
  if (apis.length === 0) throw refused(source, "its state has no HTTP API. Deploy it with pulumi up");
  const region = shown(apis[0]?.outputs.arn ?? "").split(":")[3] ?? "";
  const [client] = ofType("aws:cognito/userPoolClient:UserPoolClient");
  const functions = ofType("aws:lambda/function:Function");
  const integrations = ofType("aws:apigatewayv2/integration:Integration");
  return {
    region,
    apis: apis.map(({ id, outputs }) => ({
      name: shown(outputs.name ?? id),
      apiId: id,
      url: stageUrl(id, shown(outputs.apiEndpoint), ofType("aws:apigatewayv2/stage:Stage")),
    })),
    routes: ofType("aws:apigatewayv2/route:Route").flatMap(({ inputs }) => routeOf(inputs, integrations, functions)),
    tableNames: ofType("aws:dynamodb/table:Table").map(({ id }) => id),
    ...(client === undefined ? {} : { userPool: { userPoolId: shown(client.inputs.userPoolId), clientId: client.id } }),
  };
}

function stageUrl(apiId: string, apiEndpoint: string, stages: readonly Deployed[]): string {
  const names = stages.filter(({ inputs }) => inputs.apiId === apiId).map(({ inputs }) => shown(inputs.name));
  const path = names.length === 0 || names.includes("$default") ? "" : `/${names[0]}`;
  return apiEndpoint.replace(/\/$/, "") + path;
}

function routeOf(
  route: Json,
  integrations: readonly Deployed[],
  functions: readonly Deployed[],
): readonly TargetRoute[] {
  const integrationId = shown(route.target ?? "").replace(/^integrations\//, "");
  const uri = integrations.find(({ id }) => id === integrationId)?.inputs.integrationUri;
  const found = functions.find(({ outputs }) => uri === outputs.invokeArn || uri === outputs.arn);
  const functionArn = found?.outputs.arn;
  if (typeof functionArn !== "string") return [];
  return [{ apiId: shown(route.apiId), routeKey: shown(route.routeKey), functionArn }];
}
