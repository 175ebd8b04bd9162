import { createHash } from "node:crypto";

/** Where the evaluated stack would stand. */
export interface Deployment {
  readonly project: string;
  readonly stack: string;
  readonly partition: string;
  readonly region: string;
  readonly accountId: string;
}

/** Invents identifiers in AWS's forms. The same stack gets the same ones at every start, so that stored users,
 * items and issued tokens stay valid. */
export interface Identifiers {
  readonly deployment: Deployment;
  /** `length` characters of `alphabet`, derived from the stack, the resource and `purpose`. */
  text(
    resource: { readonly type: string; readonly name: string },
    purpose: string,
    length: number,
    alphabet: string,
  ): string;
  arn(service: string, resource: string, options?: { readonly region?: string; readonly accountId?: string }): string;
}

export const LOWER_ALPHANUMERIC = "0123456789abcdefghijklmnopqrstuvwxyz";
export const ALPHANUMERIC = `${LOWER_ALPHANUMERIC}ABCDEFGHIJKLMNOPQRSTUVWXYZ`;
export const UPPER_ALPHANUMERIC = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
export const HEXADECIMAL = "0123456789abcdef";

export function identifiers(deployment: Deployment): Identifiers {
  return {
    deployment,
    text(resource, purpose, length, alphabet) {
      const seed = [deployment.project, deployment.stack, resource.type, resource.name, purpose].join("\n");
      let text = "";
      for (let block = 0; text.length < length; block += 1) {
        const digest = createHash("sha256").update(`${seed}\n${block}`).digest();
        for (const byte of digest) text += alphabet[byte % alphabet.length];
      }
      return text.slice(0, length);
    },
    arn(service, resource, options = {}) {
      const region = options.region ?? deployment.region;
      const accountId = options.accountId ?? deployment.accountId;
      return `arn:${deployment.partition}:${service}:${region}:${accountId}:${resource}`;
    },
  };
}
