import { isRefusal, type Refusal, refusals } from "../errors.ts";
import { clientId, contextMembers, parameters } from "../model.ts";
import { type Outcome, operation } from "../operation.ts";
import { passwordSignIn } from "../password-sign-in.ts";
import type { AuthFlow } from "../pool/user-pool.ts";
import { refreshSignIn } from "../refresh-sign-in.ts";
import { type ServedClient, type Service, servedClient } from "../service.ts";
import { oneOf, optional, structure } from "../shapes.ts";
import { srpSignIn } from "../srp-sign-in.ts";

/** The flows that the API model knows; those that are not emulated are refused by name. */
export const authFlows = oneOf(
  "USER_SRP_AUTH",
  "REFRESH_TOKEN_AUTH",
  "REFRESH_TOKEN",
  "CUSTOM_AUTH",
  "ADMIN_NO_SRP_AUTH",
  "USER_PASSWORD_AUTH",
  "ADMIN_USER_PASSWORD_AUTH",
  "USER_AUTH",
);

/** @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_InitiateAuth.html */
export const initiateAuth = operation({
  name: "InitiateAuth",
  access: "public",
  input: structure({
    AuthFlow: authFlows,
    AuthParameters: optional(parameters),
    ClientId: clientId,
    ...contextMembers,
  }),
  run(input, service) {
    const target = servedClient(service, input.ClientId);
    if (isRefusal(target)) return target;
    const refusal = checkFlow(target, input.AuthFlow);
    return refusal ?? startFlow(service, target, input.AuthFlow, input.AuthParameters ?? new Map());
  },
});

function checkFlow({ client }: ServedClient, spelling: string): Refusal | undefined {
  if (spelling === "ADMIN_USER_PASSWORD_AUTH" || spelling === "ADMIN_NO_SRP_AUTH") {
    return refusals.invalidParameter(`${spelling} is only for AdminInitiateAuth`);
  }
  return checkFlowEnabled(client.flows, spelling);
}

const LEGACY_SPELLINGS: ReadonlyMap<string, string> = new Map([
  ["REFRESH_TOKEN", "REFRESH_TOKEN_AUTH"],
  ["ADMIN_NO_SRP_AUTH", "ADMIN_USER_PASSWORD_AUTH"],
]);

export function checkFlowEnabled(flows: ReadonlySet<AuthFlow>, spelling: string): Refusal | undefined {
  const name = LEGACY_SPELLINGS.get(spelling) ?? spelling;
  const enabled = [...flows].some((flow) => flow === name);
  return enabled ? undefined : refusals.invalidParameter(`${spelling} flow not enabled for this client`);
}

type Start = (
  service: Service,
  target: ServedClient,
  parameters: ReadonlyMap<string, string>,
) => Outcome | Promise<Outcome>;

const STARTS: ReadonlyMap<string, Start> = new Map<string, Start>([
  ["USER_SRP_AUTH", srpSignIn],
  ["USER_PASSWORD_AUTH", passwordSignIn],
  ["ADMIN_USER_PASSWORD_AUTH", passwordSignIn],
  ["ADMIN_NO_SRP_AUTH", passwordSignIn],
  ["REFRESH_TOKEN_AUTH", refreshSignIn],
  ["REFRESH_TOKEN", refreshSignIn],
]);

/** Runs a flow that was found to be enabled. Custom flows need triggers, and a pool with triggers is not served. */
export function startFlow(
  service: Service,
  target: ServedClient,
  flow: string,
  given: ReadonlyMap<string, string>,
): Outcome | Promise<Outcome> {
  const start = STARTS.get(flow);
  if (start !== undefined) return start(service, target, given);
  return refusals.invalidParameter("Custom auth lambda trigger is not configured for the user pool.");
}
