import { createHmac, createSecretKey, type KeyObject } from "node:crypto";

/** Where and when a signing key is good: the part of the credential scope that varies. */
export interface SigningScope {
  /** `YYYYMMDD`. */
  readonly date: string;
  readonly region: string;
  readonly service: string;
}

/** Derives the key that signs all requests of one access key in one scope. */
export type SigningKeys = (accessKeyId: string, secretAccessKey: string, scope: SigningScope) => KeyObject;

/** Derivation takes four HMACs, so the newest `capacity` keys are kept: as key objects, since `createHmac` takes six
 * times as long with the same key in a buffer.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html#derive-signing-key */
export function signingKeys(capacity = 256): SigningKeys {
  const kept = new Map<string, KeyObject>();
  return (accessKeyId, secretAccessKey, scope) => {
    const name = `${accessKeyId}/${scope.date}/${scope.region}/${scope.service}`;
    const found = kept.get(name);
    if (found !== undefined) return found;
    const key = derive(secretAccessKey, scope);
    const oldest = kept.keys().next();
    if (kept.size >= capacity && oldest.done !== true) kept.delete(oldest.value);
    kept.set(name, key);
    return key;
  };
}

function derive(secretAccessKey: string, { date, region, service }: SigningScope): KeyObject {
  const next = (key: KeyObject, data: string) => createSecretKey(createHmac("sha256", key).update(data).digest());
  const secret = createSecretKey(Buffer.from(`AWS4${secretAccessKey}`));
  return [date, region, service, "aws4_request"].reduce(next, secret);
}
