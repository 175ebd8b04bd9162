import { createHash, createHmac } from "node:crypto";
import { SignatureV4 } from "@smithy/signature-v4";
import type { HeaderList, HttpRequest } from "../../../harness/http.ts";
import type { Credentials } from "../../../harness/iam/credentials.ts";

/** Node's hashes in the form that the SDK's signer takes. */
class Sha256 {
  readonly #hash;

  constructor(key?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = key === undefined ? createHash("sha256") : createHmac("sha256", toBuffer(key));
  }

  update(data: string | ArrayBuffer | ArrayBufferView) {
    this.#hash.update(toBuffer(data));
  }

  async digest() {
    return new Uint8Array(this.#hash.digest());
  }

  reset() {}
}

function toBuffer(data: string | ArrayBuffer | ArrayBufferView): Buffer {
  if (typeof data === "string") return Buffer.from(data);
  return ArrayBuffer.isView(data) ? Buffer.from(data.buffer, data.byteOffset, data.byteLength) : Buffer.from(data);
}

export interface Unsigned {
  readonly method: string;
  readonly path: string;
  readonly query?: Record<string, string | string[]>;
  readonly headers: Record<string, string>;
  readonly body: string;
}

export const TODO_REQUEST: Unsigned = {
  method: "POST",
  path: "/",
  headers: {
    host: "localhost:4566",
    "content-type": "application/x-amz-json-1.0",
    "x-amz-target": "DynamoDB_20120810.GetItem",
    "x-amz-user-agent": "aws-sdk-js/3  api/dynamodb",
  },
  body: '{"TableName":"todos","Key":{"userId":{"S":"ü"}}}',
};

export interface SigningOptions {
  readonly credentials: Credentials;
  readonly date: Date;
  readonly region?: string;
  readonly service?: string;
}

/** Signs with the AWS SDK's own signer and gives the request as it would come off the socket. */
export async function sign(unsigned: Unsigned, options: SigningOptions): Promise<HttpRequest> {
  const signer = new SignatureV4({
    credentials: options.credentials,
    region: options.region ?? "eu-west-1",
    service: options.service ?? "dynamodb",
    sha256: Sha256,
    applyChecksum: false,
  });
  const signed = await signer.sign(
    { protocol: "http:", hostname: "localhost", ...unsigned },
    { signingDate: options.date },
  );
  return received(unsigned.method, targetOf(unsigned), Object.entries(signed.headers), unsigned.body);
}

export function received(method: string, target: string, headers: HeaderList, body: string | Uint8Array): HttpRequest {
  return {
    method,
    target,
    headers,
    body: toBuffer(body),
    bodyTooLarge: false,
    sourceAddress: "127.0.0.1",
    receivedAtMilliseconds: 0,
  };
}

function targetOf({ path, query = {} }: Unsigned): string {
  const encode = encodeURIComponent;
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    [value].flat().map((one) => `${encode(name)}=${encode(one)}`),
  );
  return pairs.length === 0 ? path : `${path}?${pairs.join("&")}`;
}
