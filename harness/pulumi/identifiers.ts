import { createHash, createHmac } from "node:crypto";

/** Where the evaluated stack would stand. */
export interface Deployment {
  readonly project: string;
  readonly stack: string;
  readonly partition: string;
  readonly region: string;
  readonly accountId: string;
}

/** What an identifier is invented for. */
interface Named {
  readonly type: string;
  readonly name: string;
}

/** Invents identifiers in AWS's forms. The same stack gets the same ones at every start, so that stored users,
 * items and issued tokens stay valid. */
export interface Identifiers {
  readonly deployment: Deployment;
  /** `length` characters of `alphabet`, derived from the stack, the resource and `purpose`. */
  text(resource: Named, purpose: string, length: number, alphabet: string): string;
  /** The same for a secret: who knows the program cannot tell it, since it is derived from the seed too. */
  secret(resource: Named, purpose: string, length: number, alphabet: string): string;
  arn(service: string, resource: string, options?: { readonly region?: string; readonly accountId?: string }): string;
}

export const LOWER_ALPHANUMERIC = "0123456789abcdefghijklmnopqrstuvwxyz";
export const ALPHANUMERIC = `${LOWER_ALPHANUMERIC}ABCDEFGHIJKLMNOPQRSTUVWXYZ`;
export const UPPER_ALPHANUMERIC = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
export const HEXADECIMAL = "0123456789abcdef";

/** @param secretSeed random text that secrets are made of: another one, other secrets. */
export function identifiers(deployment: Deployment, secretSeed: string): Identifiers {
  const placeOf = (resource: Named, purpose: string) =>
    [deployment.project, deployment.stack, resource.type, resource.name, purpose].join("\n");
  return {
    deployment,
    text: (resource, purpose, length, alphabet) =>
      spelled({ length, alphabet }, (block) =>
        createHash("sha256")
          .update(`${placeOf(resource, purpose)}\n${block}`)
          .digest(),
      ),
    secret: (resource, purpose, length, alphabet) =>
      spelled({ length, alphabet }, (block) =>
        createHmac("sha256", secretSeed)
          .update(`${placeOf(resource, purpose)}\n${block}`)
          .digest(),
      ),
    arn(service, resource, options = {}) {
      const region = options.region ?? deployment.region;
      const accountId = options.accountId ?? deployment.accountId;
      return `arn:${deployment.partition}:${service}:${region}:${accountId}:${resource}`;
    },
  };
}

function spelled(
  { length, alphabet }: { readonly length: number; readonly alphabet: string },
  digest: (block: number) => Buffer,
): string {
  let text = "";
  for (let block = 0; text.length < length; block += 1)
    for (const byte of digest(block)) text += alphabet[byte % alphabet.length];
  return text.slice(0, length);
}
