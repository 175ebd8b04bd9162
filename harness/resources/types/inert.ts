import { HEXADECIMAL } from "../../pulumi/identifiers.ts";
import { inputText, named, namedWithArn, physicalName, withId } from "../creation.ts";
import { type Create, inertType, type ResourceTypes } from "../resource-type.ts";

const NO_METRICS = "no metrics are kept locally";
const LOGS = "log lines go to the console";
const NAMES = "the API is served at its own local address";
const CDN = "requests reach the API directly";
const COSTS = "nothing costs anything locally";
const CALL_FAILS = "nothing but a call looks at it, and a call to its service is answered with an error";

const createProvider: Create = (resource, ids) => ({ id: ids.text(resource, "id", 36, HEXADECIMAL), outputs: {} });

/** An ARN that is the id too. */
const arnAsId =
  (service: string, prefix = ""): Create =>
  (resource, ids) => {
    const name = physicalName(resource, ids);
    const arn = ids.arn(service, `${prefix}${name}`);
    return { id: arn, arn, outputs: { arn, name } };
  };

const createCertificate: Create = (resource, ids) => {
  const arn = ids.arn("acm", `certificate/${ids.text(resource, "id", 36, HEXADECIMAL)}`);
  const domainName = inputText(resource, "domainName");
  const proof = {
    domainName,
    resourceRecordName: `_${ids.text(resource, "record", 32, HEXADECIMAL)}.${domainName}.`,
    resourceRecordType: "CNAME",
    resourceRecordValue: `_${ids.text(resource, "value", 32, HEXADECIMAL)}.acm-validations.aws.`,
  };
  return { id: arn, arn, outputs: { arn, status: "ISSUED", domainValidationOptions: [proof] } };
};

const createDistribution: Create = (resource, ids) => {
  const created = withId(13)(resource, ids);
  const arn = ids.arn("cloudfront", `distribution/${created.id}`, { region: "" });
  return {
    ...created,
    arn,
    outputs: { arn, domainName: `${created.id}.cloudfront.net`, hostedZoneId: "Z2FDTNDATAQYW2" },
  };
};

const createQueue: Create = (resource, ids) => {
  const name = physicalName(resource, ids);
  const { region, accountId } = ids.deployment;
  const url = `https://sqs.${region}.amazonaws.com/${accountId}/${name}`;
  const arn = ids.arn("sqs", name);
  return { id: url, arn, outputs: { arn, name, url } };
};

const createParameter: Create = (resource, ids) => {
  const name = physicalName(resource, ids);
  const arn = ids.arn("ssm", `parameter${name.startsWith("/") ? "" : "/"}${name}`);
  return { id: name, arn, outputs: { arn, name, version: 1 } };
};

const createRecord: Create = (resource) => {
  const name = inputText(resource, "name");
  return { id: `${inputText(resource, "zoneId")}_${name}_${inputText(resource, "type")}`, outputs: { fqdn: name } };
};

const createZone: Create = (resource, ids) => {
  const zoneId = `Z${ids.text(resource, "id", 20, HEXADECIMAL).toUpperCase()}`;
  const arn = ids.arn("route53", `hostedzone/${zoneId}`, { region: "", accountId: "" });
  return { id: zoneId, arn, outputs: { arn, zoneId, nameServers: [] } };
};

/** Resource types of services that are not emulated and decide nothing that a client of the program could see. One row is
 * all that it takes to add one. */
export const INERT_TYPES: ResourceTypes = {
  "aws:acm/certificate:Certificate": inertType(NAMES, createCertificate),
  "aws:acm/certificateValidation:CertificateValidation": inertType(NAMES, withId(20)),
  "aws:apigateway/account:Account": inertType(LOGS, withId(10)),
  "aws:budgets/budget:Budget": inertType(COSTS, named),
  "aws:cloudfront/cachePolicy:CachePolicy": inertType(CDN, withId(36)),
  "aws:cloudfront/distribution:Distribution": inertType(CDN, createDistribution),
  "aws:cloudfront/originAccessControl:OriginAccessControl": inertType(CDN, withId(14)),
  "aws:cloudfront/originRequestPolicy:OriginRequestPolicy": inertType(CDN, withId(36)),
  "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy": inertType(CDN, withId(36)),
  "aws:cloudtrail/trail:Trail": inertType(
    "a trail records calls, it decides nothing",
    namedWithArn("cloudtrail", "trail/"),
  ),
  "aws:cloudwatch/compositeAlarm:CompositeAlarm": inertType(
    NO_METRICS,
    namedWithArn("cloudwatch", "alarm:", "alarmName"),
  ),
  "aws:cloudwatch/dashboard:Dashboard": inertType("dashboards draw, they decide nothing", named),
  "aws:cloudwatch/logGroup:LogGroup": inertType(LOGS, namedWithArn("logs", "log-group:")),
  "aws:cloudwatch/logMetricFilter:LogMetricFilter": inertType(NO_METRICS, named),
  "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": inertType(LOGS, withId(20)),
  "aws:cloudwatch/logStream:LogStream": inertType(LOGS, named),
  "aws:cloudwatch/metricAlarm:MetricAlarm": inertType(NO_METRICS, namedWithArn("cloudwatch", "alarm:", "alarmName")),
  "aws:cloudwatch/queryDefinition:QueryDefinition": inertType(LOGS, withId(36)),
  "aws:resourcegroups/group:Group": inertType(
    "a group lists resources, it decides nothing",
    namedWithArn("resource-groups", "group/"),
  ),
  "aws:route53/record:Record": inertType(NAMES, createRecord),
  "aws:route53/zone:Zone": inertType(NAMES, createZone),
  "aws:sns/topic:Topic": inertType(CALL_FAILS, arnAsId("sns")),
  "aws:sns/topicPolicy:TopicPolicy": inertType(CALL_FAILS, withId(20)),
  "aws:sns/topicSubscription:TopicSubscription": inertType("no alarm or topic sends anything", withId(36)),
  "aws:sqs/queue:Queue": inertType(CALL_FAILS, createQueue),
  "aws:sqs/queuePolicy:QueuePolicy": inertType(CALL_FAILS, withId(20)),
  "aws:ssm/parameter:Parameter": inertType(CALL_FAILS, createParameter),
  "awsx:cloudtrail:Trail": inertType("a trail records calls, it decides nothing", named),
  "pulumi:providers:aws": inertType("it chooses where AWS is; locally there is one place", createProvider),
  "pulumi:providers:awsx": inertType("what its components make is looked at component by component", createProvider),
  "pulumi:providers:random": inertType("its values are invented here, the same at every start", createProvider),
};
