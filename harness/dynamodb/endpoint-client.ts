import { Agent as HttpAgent, request as httpRequest } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import type { EngineAnswer } from "./database.ts";
import { type EngineClient, engineHeaders } from "./engine-client.ts";

/** Speaks to a DynamoDB-compatible server that somebody else runs, over HTTP or HTTPS. */
export function endpointClient(url: URL, timeoutMilliseconds: number, shared = engineHeaders): EngineClient {
  const secure = url.protocol === "https:";
  const agent = secure ? new HttpsAgent({ keepAlive: true }) : new HttpAgent({ keepAlive: true });
  const send = secure ? httpsRequest : httpRequest;
  return {
    call: (operation, body) =>
      new Promise<EngineAnswer>((resolve, reject) => {
        const headers = {
          ...shared,
          "x-amz-target": `DynamoDB_20120810.${operation}`,
          "content-length": Buffer.byteLength(body),
        };
        const request = send(url, { method: "POST", agent, headers, timeout: timeoutMilliseconds }, (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.on("error", reject);
          response.on("end", () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks) }));
        });
        request.on("timeout", () => request.destroy(new Error("the engine did not answer in time")));
        request.on("error", reject);
        request.end(body);
      }),
    close: () => agent.destroy(),
  };
}
