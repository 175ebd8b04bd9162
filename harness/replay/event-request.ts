import type { TargetRequest } from "../targets/target.ts";
import type { HttpApiEvent } from "./events.ts";

/** Headers of the way, which the next gateway writes itself. */
const OF_THE_WAY =
  /^(host|content-length|connection|keep-alive|te|trailer|transfer-encoding|upgrade|x-amzn-trace-id|x-forwarded-(for|port|proto))$/i;

/** The request that a gateway would make this event of: the path encoded again, the body decoded. */
export function eventRequest(event: HttpApiEvent): TargetRequest {
  const { rawQueryString = "", headers = {}, cookies = [], requestContext } = event;
  const sent = Object.entries(headers).filter(([name]) => !OF_THE_WAY.test(name));
  const body = bodyOf(event);
  return {
    method: requestContext.http.method,
    target: `${encodedPath(event)}${rawQueryString === "" ? "" : `?${rawQueryString}`}`,
    headers: [...sent, ...(cookies.length === 0 ? [] : [["cookie", cookies.join("; ")] as const])],
    ...(body === undefined ? {} : { body }),
  };
}

/** The target's own URL names the stage, so the event's is left out. */
function encodedPath({ rawPath, requestContext: { stage = "$default" } }: HttpApiEvent): string {
  const prefix = stage === "$default" ? "" : `/${stage}`;
  const path = prefix !== "" && `${rawPath}/`.startsWith(`${prefix}/`) ? rawPath.slice(prefix.length) : rawPath;
  return `/${path.replace(/^\//, "")}`.replace(/[^A-Za-z0-9/._~!$&'()*+,;=:@-]+/gu, encodeURIComponent);
}

function bodyOf({ body, isBase64Encoded = false }: HttpApiEvent): Buffer | undefined {
  if (typeof body !== "string") return undefined;
  return Buffer.from(body, isBase64Encoded ? "base64" : "utf8");
}
