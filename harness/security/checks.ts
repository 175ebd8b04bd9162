import type { Check } from "./check.ts";
import { configuration } from "./checks/configuration.ts";
import { cors } from "./checks/cors.ts";
import { disclosure } from "./checks/disclosure.ts";
import { doors } from "./checks/doors.ts";
import { edgeRejection } from "./checks/edge-rejection.ts";
import { enumeration } from "./checks/enumeration.ts";
import { injection } from "./checks/injection.ts";
import { inputLimits } from "./checks/input-limits.ts";
import { leastPrivilege } from "./checks/least-privilege.ts";
import { massAssignment } from "./checks/mass-assignment.ts";
import { otherStacks } from "./checks/other-stacks.ts";
import { rateLimits } from "./checks/rate-limits.ts";
import { signIn } from "./checks/sign-in.ts";
import { tenantIsolation } from "./checks/tenant-isolation.ts";
import { tokenForgery } from "./checks/token-forgery.ts";
import { tokenMisuse } from "./checks/token-misuse.ts";

/** Claims that follow from a stack's resources alone, and so can be held against stacks that nobody serves. */
const ofResources = [
  ...configuration,
  ...tokenMisuse.filter(({ id }) => id === "token-misuse.revoked"),
  ...enumeration.filter(({ id }) => id === "enumeration.sign-in"),
  ...rateLimits.filter(({ id }) => id === "rate-limits.configured"),
];

/** Every check that there is, in the order of reports. */
export const checks: readonly Check[] = [
  ...edgeRejection,
  ...tokenForgery,
  ...tokenMisuse,
  ...signIn,
  ...tenantIsolation,
  ...massAssignment,
  ...injection,
  ...enumeration,
  ...cors,
  ...disclosure,
  ...inputLimits,
  ...rateLimits,
  ...configuration,
  otherStacks(ofResources),
  ...leastPrivilege,
  ...doors,
];
