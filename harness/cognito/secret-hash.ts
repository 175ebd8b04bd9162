import { createHmac, timingSafeEqual } from "node:crypto";
import { isRefusal, type Refusal, refuse } from "./errors.ts";
import type { UserPoolClient } from "./pool/user-pool.ts";
import { type ServedClient, type Service, servedClient } from "./service.ts";

/** Base64 of HMAC-SHA256 over user name and client id, keyed by the client's secret.
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/signing-up-users-in-your-app.html */
export function secretHash(clientSecret: string, username: string, clientId: string): string {
  return createHmac("sha256", clientSecret)
    .update(username + clientId, "utf8")
    .digest("base64");
}

export function sameText(left: string, right: string): boolean {
  const digest = (text: string) => createHmac("sha256", "comparison").update(text, "utf8").digest();
  return timingSafeEqual(digest(left), digest(right));
}

/** Checks a request's `SECRET_HASH`. `usernames` are the names that it may have been made from. */
export function checkSecretHash(
  client: UserPoolClient,
  usernames: readonly string[],
  given: string | undefined,
): Refusal | undefined {
  if (client.secret === undefined) {
    if (given === undefined) return undefined;
    const message = `Client ${client.id} is not configured with secret but SECRET_HASH was received`;
    return refuse("NotAuthorizedException", message);
  }
  if (given === undefined) {
    return refuse(
      "NotAuthorizedException",
      `Client ${client.id} is configured with secret but SECRET_HASH was not received`,
    );
  }
  const { secret, id } = client;
  const holds = usernames.filter((username) => sameText(given, secretHash(secret, username, id))).length > 0;
  return holds ? undefined : refuse("NotAuthorizedException", `Unable to verify secret hash for client ${id}`);
}

interface ClientProof {
  readonly ClientId: string;
  readonly Username: string;
  readonly SecretHash?: string | undefined;
}

/** The client that a public operation names, once the request has proven its secret, where it has one. */
export function provenClient(service: Service, given: ClientProof): ServedClient | Refusal {
  const target = servedClient(service, given.ClientId);
  if (isRefusal(target)) return target;
  return checkSecretHash(target.client, [given.Username], given.SecretHash) ?? target;
}

/** For the operations that take the secret itself: a client that has one must show it, one that has none must not. */
export function provesSecret(client: UserPoolClient, given: string | undefined): boolean {
  if (client.secret === undefined || given === undefined) return client.secret === given;
  return sameText(given, client.secret);
}
