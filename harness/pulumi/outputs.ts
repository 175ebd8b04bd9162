import { ALPHANUMERIC, HEXADECIMAL, type Identifiers, LOWER_ALPHANUMERIC, UPPER_ALPHANUMERIC } from "./identifiers.ts";

/** A resource at the moment of its registration. */
export interface Registration {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** What the provider would answer to a creation; `outputs` are those beyond the inputs. */
export interface Creation {
  readonly id: string;
  readonly arn?: string;
  readonly outputs: Readonly<Record<string, unknown>>;
}

type Create = (resource: Registration, ids: Identifiers) => Creation;

/** One row per resource type. `inert` names why a type has no local effect. */
export interface ResourceType {
  readonly inert?: string;
  readonly create: Create;
}

const REGIONLESS = { region: "" };
const ACCOUNTLESS = { accountId: "" };

/** The type's input `name` when given, else Pulumi's own physical name: the logical name and seven hex digits.
 * @see https://www.pulumi.com/docs/iac/concepts/resources/names/#autonaming */
function physicalName(resource: Registration, ids: Identifiers): string {
  const given = resource.inputs.name;
  if (typeof given === "string" && given !== "") return given;
  const prefix = resource.inputs.namePrefix;
  const start = typeof prefix === "string" ? prefix : `${resource.name}-`;
  return `${start}${ids.text(resource, "name", 7, HEXADECIMAL)}`;
}

function inputText(resource: Registration, key: string): string {
  const value = resource.inputs[key];
  return typeof value === "string" ? value : "";
}

function iamPath(resource: Registration): string {
  return inputText(resource, "path") || "/";
}

const createUserPool: Create = (resource, ids) => {
  const { region } = ids.deployment;
  const id = `${region}_${ids.text(resource, "id", 9, ALPHANUMERIC)}`;
  const arn = ids.arn("cognito-idp", `userpool/${id}`);
  const name = physicalName(resource, ids);
  const endpoint = `cognito-idp.${region}.amazonaws.com/${id}`;
  return { id, arn, outputs: { arn, name, endpoint, estimatedNumberOfUsers: 0 } };
};

const createUserPoolClient: Create = (resource, ids) => {
  const id = ids.text(resource, "id", 26, LOWER_ALPHANUMERIC);
  const secret = resource.inputs.generateSecret === true ? ids.text(resource, "secret", 51, LOWER_ALPHANUMERIC) : "";
  return { id, outputs: { name: physicalName(resource, ids), clientSecret: secret } };
};

const createRole: Create = (resource, ids) => {
  const name = physicalName(resource, ids);
  const arn = ids.arn("iam", `role${iamPath(resource)}${name}`, REGIONLESS);
  const uniqueId = `AROA${ids.text(resource, "uniqueId", 17, UPPER_ALPHANUMERIC)}`;
  return { id: name, arn, outputs: { arn, name, uniqueId } };
};

const createManagedPolicy: Create = (resource, ids) => {
  const name = physicalName(resource, ids);
  const arn = ids.arn("iam", `policy${iamPath(resource)}${name}`, REGIONLESS);
  return {
    id: arn,
    arn,
    outputs: { arn, name, policyId: `ANPA${ids.text(resource, "policyId", 17, UPPER_ALPHANUMERIC)}` },
  };
};

const createRolePolicy: Create = (resource, ids) => {
  const name = physicalName(resource, ids);
  return { id: `${inputText(resource, "role")}:${name}`, outputs: { name } };
};

const createAttachment: Create = (resource, ids) => ({
  id: `${inputText(resource, "role") || resource.name}-${ids.text(resource, "id", 26, LOWER_ALPHANUMERIC)}`,
  outputs: {},
});

const createFunction: Create = (resource, ids) => {
  const name = physicalName(resource, ids);
  const arn = ids.arn("lambda", `function:${name}`);
  const invoke = (functionArn: string) =>
    `arn:${ids.deployment.partition}:apigateway:${ids.deployment.region}:lambda:path/2015-03-31/functions/${functionArn}/invocations`;
  const version = resource.inputs.publish === true ? "1" : "$LATEST";
  const qualifiedArn = `${arn}:${version}`;
  const outputs = {
    arn,
    name,
    version,
    qualifiedArn,
    invokeArn: invoke(arn),
    qualifiedInvokeArn: invoke(qualifiedArn),
  };
  return { id: name, arn, outputs };
};

const createPermission: Create = (resource, ids) => {
  const given = inputText(resource, "statementId");
  const statementId = given || `${resource.name}-${ids.text(resource, "id", 7, HEXADECIMAL)}`;
  return { id: statementId, outputs: { statementId } };
};

const createTable: Create = (resource, ids) => {
  const name = physicalName(resource, ids);
  const arn = ids.arn("dynamodb", `table/${name}`);
  return { id: name, arn, outputs: { arn, name } };
};

const createLogGroup: Create = (resource, ids) => {
  const name = physicalName(resource, ids);
  const arn = ids.arn("logs", `log-group:${name}`);
  return { id: name, arn, outputs: { arn, name } };
};

const createHttpApi: Create = (resource, ids) => {
  const id = ids.text(resource, "id", 10, LOWER_ALPHANUMERIC);
  const arn = ids.arn("apigateway", `/apis/${id}`, ACCOUNTLESS);
  const apiEndpoint = `https://${id}.execute-api.${ids.deployment.region}.amazonaws.com`;
  const outputs = { arn, name: physicalName(resource, ids), apiEndpoint, executionArn: ids.arn("execute-api", id) };
  return { id, arn, outputs };
};

const createStage: Create = (resource, ids) => {
  const name = physicalName(resource, ids);
  const apiId = inputText(resource, "apiId");
  const path = name === "$default" ? "/" : `/${name}`;
  const arn = ids.arn("apigateway", `/apis/${apiId}/stages/${name}`, ACCOUNTLESS);
  const invokeUrl = `https://${apiId}.execute-api.${ids.deployment.region}.amazonaws.com${path}`;
  return { id: name, arn, outputs: { arn, name, invokeUrl, executionArn: ids.arn("execute-api", `${apiId}/${name}`) } };
};

const createAuthorizer: Create = (resource, ids) => ({
  id: ids.text(resource, "id", 6, LOWER_ALPHANUMERIC),
  outputs: { name: physicalName(resource, ids) },
});

/** Children of an HTTP API that have nothing but an id: seven characters on AWS. */
const createApiPart: Create = (resource, ids) => ({ id: ids.text(resource, "id", 7, LOWER_ALPHANUMERIC), outputs: {} });

const createUserGroup: Create = (resource, ids) => {
  const name = physicalName(resource, ids);
  return { id: `${inputText(resource, "userPoolId")}/${name}`, outputs: { name } };
};

const createResourceServer: Create = (resource) => {
  const identifier = inputText(resource, "identifier");
  const scopes = resource.inputs.scopes;
  const names = Array.isArray(scopes)
    ? scopes.map((scope: { scopeName?: unknown }) => `${identifier}/${String(scope.scopeName)}`)
    : [];
  return { id: `${inputText(resource, "userPoolId")}|${identifier}`, outputs: { scopeIdentifiers: names } };
};

const createProvider: Create = (resource, ids) => ({ id: ids.text(resource, "id", 36, HEXADECIMAL), outputs: {} });

const createAlarm: Create = (resource, ids) => {
  const name = inputText(resource, "alarmName") || physicalName(resource, ids);
  const arn = ids.arn("cloudwatch", `alarm:${name}`);
  return { id: name, arn, outputs: { arn, alarmName: name } };
};

const createNamed: Create = (resource, ids) => {
  const name = physicalName(resource, ids);
  return { id: name, outputs: { name } };
};

/** Every resource type that the harness knows. A type without a row is refused at start. */
const RESOURCE_TYPES = new Map<string, ResourceType>([
  ["aws:apigatewayv2/api:Api", { create: createHttpApi }],
  ["aws:apigatewayv2/authorizer:Authorizer", { create: createAuthorizer }],
  ["aws:apigatewayv2/deployment:Deployment", { create: createApiPart }],
  ["aws:apigatewayv2/integration:Integration", { create: createApiPart }],
  ["aws:apigatewayv2/route:Route", { create: createApiPart }],
  ["aws:apigatewayv2/stage:Stage", { create: createStage }],
  ["aws:cognito/resourceServer:ResourceServer", { create: createResourceServer }],
  ["aws:cognito/userGroup:UserGroup", { create: createUserGroup }],
  ["aws:cognito/userPool:UserPool", { create: createUserPool }],
  ["aws:cognito/userPoolClient:UserPoolClient", { create: createUserPoolClient }],
  ["aws:dynamodb/table:Table", { create: createTable }],
  ["aws:iam/policy:Policy", { create: createManagedPolicy }],
  ["aws:iam/policyAttachment:PolicyAttachment", { create: createAttachment }],
  ["aws:iam/role:Role", { create: createRole }],
  ["aws:iam/rolePolicy:RolePolicy", { create: createRolePolicy }],
  ["aws:iam/rolePolicyAttachment:RolePolicyAttachment", { create: createAttachment }],
  ["aws:lambda/function:Function", { create: createFunction }],
  ["aws:lambda/permission:Permission", { create: createPermission }],
  ["aws:cloudwatch/dashboard:Dashboard", { inert: "dashboards draw, they decide nothing", create: createNamed }],
  ["aws:cloudwatch/logGroup:LogGroup", { inert: "log lines go to the console", create: createLogGroup }],
  ["aws:cloudwatch/metricAlarm:MetricAlarm", { inert: "no metrics are kept locally", create: createAlarm }],
  ["pulumi:providers:aws", { inert: "chooses where AWS is; locally there is one place", create: createProvider }],
]);

/** The row of a type, or `undefined` for one that the harness cannot serve. */
export function resourceType(type: string): ResourceType | undefined {
  return RESOURCE_TYPES.get(type);
}

/** All types with a row, for messages and documentation. */
export function supportedResourceTypes(): readonly { readonly type: string; readonly inert?: string }[] {
  return [...RESOURCE_TYPES].map(([type, row]) => (row.inert === undefined ? { type } : { type, inert: row.inert }));
}
