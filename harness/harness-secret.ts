import { createHash, timingSafeEqual } from "node:crypto";
import { type HttpRequest, headerValue } from "./http.ts";

/** The header in which a tool shows the secret of `HARNESS_SECRET`. */
export const SECRET_HEADER = "x-harness-secret";

/** Whether a request shows the secret; where none is asked for, each does. Equal or not takes the same time. */
export function showsSecret(request: HttpRequest, secret: string | undefined): boolean {
  if (secret === undefined) return true;
  return timingSafeEqual(digest(headerValue(request.headers, SECRET_HEADER) ?? ""), digest(secret));
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
