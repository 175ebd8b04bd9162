import type { Check } from "./check.ts";
import { edgeRejection } from "./checks/edge-rejection.ts";
import { tenantIsolation } from "./checks/tenant-isolation.ts";
import { tokenForgery } from "./checks/token-forgery.ts";
import { tokenMisuse } from "./checks/token-misuse.ts";

/** Every check that there is, in the order of reports. */
export const checks: readonly Check[] = [...edgeRejection, ...tokenForgery, ...tokenMisuse, ...tenantIsolation];
