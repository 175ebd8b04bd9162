import { sendRawRequest } from "../../../harness/targets/raw-request.ts";
import type { RawResponse } from "../../../harness/targets/raw-response.ts";
import type { Body, HttpCase } from "./case.ts";

/** An answer as it came off the socket. */
export type RawAnswer = RawResponse;

export function bodyBytes(body: Body | undefined): Buffer {
  if (body === undefined) return Buffer.alloc(0);
  if (typeof body === "string") return Buffer.from(body);
  return "base64" in body ? Buffer.from(body.base64, "base64") : Buffer.alloc(body.times, body.repeat);
}

/** Sends a case's request byte for byte, as no HTTP client would. Rejects where nothing answers in time. */
export function sendRaw(
  origin: URL,
  { send, headers = [], body }: Pick<HttpCase, "send" | "headers" | "body">,
  timeoutMilliseconds = 30_000,
): Promise<RawAnswer> {
  const space = send.indexOf(" ");
  const request = { method: send.slice(0, space), target: send.slice(space + 1), headers };
  const sent = body === undefined ? request : { ...request, body: bodyBytes(body) };
  return sendRawRequest(origin, sent, { timeoutMilliseconds });
}
