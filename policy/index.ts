import { type EnforcementLevel, PolicyPack, type StackValidationPolicy } from "@pulumi/policy";
import { plainProperties } from "./resource-properties.ts";
import { type PolicyResource, type Rule, violationText } from "./rules/rule.ts";
import { rules } from "./rules/rules.ts";
import { policyStack } from "./rules/stack.ts";

type Deployed = Parameters<StackValidationPolicy["validateStack"]>[0]["resources"][number];

const enforcement = (rule: Rule): EnforcementLevel => (rule.severity === "low" ? "advisory" : "mandatory");

/** Each rule as a policy of Pulumi: at a preview with what is known by then, and again after an update with everything. */
function policyOf(rule: Rule): StackValidationPolicy {
  return {
    name: rule.id,
    description: rule.title,
    enforcementLevel: enforcement(rule),
    severity: rule.severity,
    remediationSteps: rule.remedy,
    url: rule.source,
    validateStack({ resources }, report) {
      const seen = resources.map(policyResource);
      for (const violation of rule.check(policyStack(seen))) {
        report(violationText(rule, violation), resources[seen.indexOf(violation.resource)]?.urn);
      }
    },
  };
}

function policyResource({ type, name, props, opts }: Deployed): PolicyResource {
  const properties = plainProperties(props);
  const { id } = properties;
  return { type, name, properties, protect: opts.protect, ...(typeof id === "string" ? { id } : {}) };
}

new PolicyPack("stack-rules", { policies: rules.map(policyOf) });
