import { physicalName } from "../creation.ts";
import { type Create, emulatedType, type ResourceTypes, refusedType } from "../resource-type.ts";
import { anyValue, block, inert, map, number, only, type Properties, refused, text } from "../treatments.ts";
import { INERT_TAGS, REGION, REMARK } from "./shared-rows.ts";

export const FUNCTION_TYPE = "aws:lambda/function:Function";
export const PERMISSION_TYPE = "aws:lambda/permission:Permission";

const IMAGES = "container images are not run";
const IMAGE = refused(IMAGES, "deploy the code as a package");
const IN_S3 = refused("packages in S3 cannot be fetched offline", "give the code in the program");
const VERSIONS = inert("$LATEST is served; versions are not kept");
const NOT_DESTROYED = inert("nothing is destroyed");
const CODE_AT_HAND = inert("the code itself is at hand");

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html */
const FUNCTION: Properties = {
  ...REGION,
  ...INERT_TAGS,
  architectures: inert("JavaScript runs alike on both; native modules are those of this machine"),
  capacityProviderConfig: refused("managed instances run several events at once in one environment"),
  code: anyValue,
  codeSha256: CODE_AT_HAND,
  codeSigningConfigArn: inert("signatures are checked when a package is deployed"),
  deadLetterConfig: refused("only synchronous invocations are emulated, and they have no dead letters"),
  description: REMARK,
  durableConfig: refused("durable executions are not emulated"),
  environment: block({ variables: map }),
  ephemeralStorage: inert("the temporary folder is this machine's, of its size"),
  fileSystemConfig: refused("no file systems are mounted"),
  handler: text,
  imageConfig: IMAGE,
  imageUri: IMAGE,
  kmsKeyArn: inert("encryption of environment variables at rest cannot be observed by the function"),
  layers: refused("layers cannot be fetched offline", "put the packages into the function"),
  loggingConfig: block({ applicationLogLevel: text, logFormat: text, logGroup: text, systemLogLevel: text }),
  memorySize: number,
  name: text,
  packageType: only(["Zip"], IMAGES, "deploy the code as a package"),
  publish: VERSIONS,
  publishTo: VERSIONS,
  replaceSecurityGroupsOnDestroy: NOT_DESTROYED,
  replacementSecurityGroupIds: NOT_DESTROYED,
  reservedConcurrentExecutions: number,
  role: text,
  runtime: text,
  s3Bucket: IN_S3,
  s3Key: IN_S3,
  s3ObjectVersion: IN_S3,
  skipDestroy: NOT_DESTROYED,
  snapStart: refused("snapshots are not taken, and Node.js runtimes have none"),
  sourceCodeHash: CODE_AT_HAND,
  sourceKmsKeyArn: inert("encryption of the package at rest cannot be observed by the function"),
  tenancyConfig: refused("tenant isolation is not emulated"),
  timeout: number,
  tracingConfig: inert("no traces are collected; the trace id is passed on"),
  useResourceTimeoutForPropagation: inert("nothing is deployed"),
  vpcConfig: refused("there is no network to attach a function to"),
};

const FUNCTION_URLS = "function URLs are not emulated";

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html */
const PERMISSION: Properties = {
  ...REGION,
  action: text,
  eventSourceToken: refused("it is for Alexa skills"),
  function: text,
  functionUrlAuthType: refused(FUNCTION_URLS),
  invokedViaFunctionUrl: only([false], FUNCTION_URLS),
  principal: text,
  principalOrgId: refused("there is no organization locally"),
  qualifier: refused("versions and aliases are not kept", "permit the function itself"),
  sourceAccount: text,
  sourceArn: text,
  statementId: text,
  statementIdPrefix: text,
};

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
  const statementId = physicalName(resource, ids, "statementId");
  return { id: statementId, outputs: { statementId } };
};

const ALIASES = refusedType("versions and aliases are not kept", "call the function itself");

const EVENTS = refusedType("scheduled and routed events are not emulated");

export const LAMBDA_TYPES: ResourceTypes = {
  "aws:cloudwatch/eventRule:EventRule": EVENTS,
  "aws:cloudwatch/eventTarget:EventTarget": EVENTS,
  "aws:scheduler/schedule:Schedule": EVENTS,
  [FUNCTION_TYPE]: emulatedType(FUNCTION, createFunction),
  [PERMISSION_TYPE]: emulatedType(PERMISSION, createPermission),
  "aws:lambda/alias:Alias": ALIASES,
  "aws:lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig": ALIASES,
  "aws:lambda/eventSourceMapping:EventSourceMapping": refusedType(
    "streams and queues as sources of events are not emulated",
  ),
  "aws:lambda/functionUrl:FunctionUrl": refusedType(FUNCTION_URLS, "serve it by an HTTP API"),
  "aws:lambda/layerVersion:LayerVersion": refusedType("layers are not emulated", "put the packages into the function"),
};
