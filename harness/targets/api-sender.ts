import { HarnessError } from "../errors.ts";
import { headerValue } from "../http.ts";
import { type RawRequestOptions, sendRawRequest } from "./raw-request.ts";
import type { TargetApi, TargetRequest, TargetResponse } from "./target.ts";

/** Sends requests to a target's APIs, and takes the time that each took. */
export function apiSender(
  apis: readonly TargetApi[],
  optionsFor: (url: URL) => RawRequestOptions = () => ({}),
): (request: TargetRequest) => Promise<TargetResponse> {
  return async ({ apiId, target, headers = [], ...request }) => {
    const api = apiId === undefined ? apis[0] : apis.find((candidate) => candidate.apiId === apiId);
    if (api === undefined) {
      const known = apis.map(({ apiId: id, url }) => id ?? url).join(", ");
      throw new HarnessError("USAGE", `The target has no API ${apiId ?? ""}; it has: ${known || "none"}.`);
    }
    const url = new URL(api.url);
    const path = url.pathname.replace(/\/$/, "");
    const started = performance.now();
    const answer = await sendRawRequest(url, { ...request, headers, target: path + target }, optionsFor(url));
    const durationMilliseconds = performance.now() - started;
    const requestId = headerValue(answer.headers, "apigw-requestid");
    return { ...answer, durationMilliseconds, ...(requestId === undefined ? {} : { requestId }) };
  };
}
