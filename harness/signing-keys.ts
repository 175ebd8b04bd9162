import { externalIssuers, keysByIssuer } from "./apigateway/external-issuers.ts";
import type { FindSigningKey } from "./apigateway/signing-key-types.ts";
import type { Clock } from "./clock.ts";
import type { Cognito } from "./cognito/cognito.ts";

/** Keys of the program's own user pools in process, by issuer; of every other issuer by OpenID Connect discovery. */
export function signingKeyFinder(cognito: Pick<Cognito, "findSigningKey">, clock: Clock): FindSigningKey {
  return keysByIssuer(cognito.findSigningKey, externalIssuers({ fetch: globalThis.fetch, clock }));
}
