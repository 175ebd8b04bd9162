import { HarnessError } from "../errors.ts";
import { SECRET_HEADER } from "../harness-secret.ts";
import type { TokenOptions } from "./command-line.ts";

/**
 * Asks a running harness for a test token.
 *
 * @throws HarnessError TARGET_UNREACHABLE when none runs on the port, USAGE when it refuses the request, with its reason.
 */
export async function requestToken(options: TokenOptions): Promise<string> {
  const { awsPort, user, tokenUse, claims, expiresInSeconds, userPoolId, clientId } = options;
  const body = JSON.stringify({ username: user, sub: user, tokenUse, claims, expiresInSeconds, userPoolId, clientId });
  const url = `http://127.0.0.1:${awsPort}/_harness/tokens`;
  const shown = options.secret === undefined ? {} : { [SECRET_HEADER]: options.secret };
  const headers = { "content-type": "application/json", ...shown };
  const response = await fetch(url, { method: "POST", body, headers }).catch(() => undefined);
  if (response === undefined) {
    const remedy = "Start one with npm start, or name its port with --aws-port.";
    throw new HarnessError("TARGET_UNREACHABLE", `No harness answers on port ${awsPort}. ${remedy}`);
  }
  const answer: unknown = await response.json().catch(() => undefined);
  if (hasText(answer, "token")) return answer.token;
  if (hasText(answer, "message")) throw new HarnessError("USAGE", answer.message);
  throw new HarnessError(
    "TARGET_UNREACHABLE",
    `What answers on port ${awsPort} is not a harness. Name its port with --aws-port.`,
  );
}

function hasText<Key extends string>(value: unknown, key: Key): value is Record<Key, string> {
  return typeof value === "object" && value !== null && typeof (value as Record<string, unknown>)[key] === "string";
}
