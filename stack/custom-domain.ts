import { Certificate } from "@pulumi/aws/acm/certificate";
import { CertificateValidation } from "@pulumi/aws/acm/certificateValidation";
import type { Api } from "@pulumi/aws/apigatewayv2/api";
import { ApiMapping } from "@pulumi/aws/apigatewayv2/apiMapping";
import { DomainName } from "@pulumi/aws/apigatewayv2/domainName";
import type { Stage } from "@pulumi/aws/apigatewayv2/stage";
import { Record as DnsRecord } from "@pulumi/aws/route53/record";
import type { Output } from "@pulumi/pulumi";
import type { Settings } from "./config";

/**
 * The API under a name of one's own, in a hosted zone of this account. The certificate proves itself by a DNS record; the
 * API is mapped once it has.
 */
export function createCustomDomain(settings: Settings, api: Api, stage: Stage): Output<string> {
  const { customDomain, hostedZoneId, tags } = settings;
  const domain = new DomainName("todo-api", {
    domainName: customDomain,
    domainNameConfiguration: {
      certificateArn: createCertificate(settings),
      endpointType: "REGIONAL",
      securityPolicy: "TLS_1_2",
    },
    tags,
  });
  new ApiMapping("todo-api", { apiId: api.id, domainName: domain.id, stage: stage.id });
  const target = domain.domainNameConfiguration;
  new DnsRecord("todo-api", {
    zoneId: hostedZoneId,
    name: customDomain,
    type: "A",
    aliases: [
      {
        name: target.apply(({ targetDomainName }) => targetDomainName ?? ""),
        zoneId: target.apply((configuration) => configuration.hostedZoneId ?? ""),
        evaluateTargetHealth: false,
      },
    ],
  });
  return domain.domainName;
}

function createCertificate({ customDomain, hostedZoneId, tags }: Settings) {
  const certificate = new Certificate("todo-api", { domainName: customDomain, validationMethod: "DNS", tags });
  const proof = (property: "resourceRecordName" | "resourceRecordType" | "resourceRecordValue") =>
    certificate.domainValidationOptions.apply(([option]) => option?.[property] ?? "");
  const record = new DnsRecord("todo-api-certificate", {
    zoneId: hostedZoneId,
    name: proof("resourceRecordName"),
    type: proof("resourceRecordType"),
    records: [proof("resourceRecordValue")],
    ttl: 300,
  });
  const validation = new CertificateValidation("todo-api", {
    certificateArn: certificate.arn,
    validationRecordFqdns: [record.fqdn],
  });
  return validation.certificateArn;
}
