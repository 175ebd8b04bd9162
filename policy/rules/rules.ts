import { corsRules } from "./cors-rules.ts";
import { dataRules } from "./data-rules.ts";
import { operationRules } from "./operation-rules.ts";
import { permissionRules } from "./permission-rules.ts";
import { roleRules } from "./role-rules.ts";
import { routeRules } from "./route-rules.ts";
import type { Rule } from "./rule.ts";
import { secretRules } from "./secret-rules.ts";
import { userPoolRules } from "./user-pool-rules.ts";

/**
 * What every stack is held to. One source for three readers: the policy pack, which stops `pulumi preview` and `pulumi
 * up`; the offline checks; and the tests of each stack. So these files import nothing but each other.
 */
export const rules: readonly Rule[] = [
  ...routeRules,
  ...permissionRules,
  ...roleRules,
  ...corsRules,
  ...userPoolRules,
  ...dataRules,
  ...operationRules,
  ...secretRules,
];
