import { setTimeout as wait } from "node:timers/promises";
import { type LambdaClient, ListFunctionsCommand } from "@aws-sdk/client-lambda";
import { HarnessError } from "../../errors.ts";
import { httpStatusOf } from "./invocation-answer.ts";

export interface HealthOptions {
  readonly client: LambdaClient;
  readonly url: string;
  readonly log: (line: string) => void;
  readonly signal?: AbortSignal;
  /** How long an endpoint that does not answer yet is waited for. */
  readonly patienceMilliseconds: number;
}

const ATTEMPT_MILLISECONDS = 500;
/** What a container answers, itself or by the proxy before it, while it starts. */
const STARTING = new Set([502, 503, 504]);
const REFUSES_CREDENTIALS = new Set([401, 403]);

/** Waits until an endpoint answers as Lambda does.
 * @throws HarnessError TARGET_UNREACHABLE when it is down for too long, is something else, or asks for other credentials. */
export async function untilHealthy(options: HealthOptions): Promise<void> {
  const attempts = Math.max(1, Math.ceil(options.patienceMilliseconds / ATTEMPT_MILLISECONDS));
  for (let attempt = 1; ; attempt++) {
    const reason = await look(options);
    if (reason === undefined) return;
    if (attempt === attempts) throw unreachable(`${downText(options.url)} (${reason})`);
    if (attempt === 1) options.log(`Waiting for the Lambda endpoint ${options.url} …`);
    await wait(ATTEMPT_MILLISECONDS, undefined, options.signal === undefined ? {} : { signal: options.signal });
  }
}

/** Why it cannot be used yet, or `undefined` where it can. */
async function look({ client, url }: HealthOptions): Promise<string | undefined> {
  try {
    const { Functions } = await client.send(new ListFunctionsCommand({ MaxItems: 1 }));
    if (Array.isArray(Functions)) return undefined;
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    const status = error instanceof Error ? httpStatusOf(error) : undefined;
    if (status === undefined && !(error instanceof SyntaxError)) return reasonOf(error);
    if (status !== undefined && STARTING.has(status)) return `HTTP ${status}`;
    if (status !== undefined && REFUSES_CREDENTIALS.has(status))
      throw unreachable(
        `The Lambda endpoint ${url} refuses the credentials test/test (${name}). --lambda is for an emulator that takes any; start it without enforcement of IAM.`,
      );
    throw unreachable(
      `${foreignText(url)} It said: ${[status, name, message].filter(Boolean).join(" ").slice(0, 300)}`,
    );
  }
  throw unreachable(foreignText(url));
}

function reasonOf(error: unknown): string {
  const { code, message, name } = error as { code?: string; message?: string; name?: string };
  return [code, message, name].find((text) => text !== undefined && text !== "") ?? "no answer";
}

const downText = (url: string) =>
  `Nothing answers at the Lambda endpoint ${url}. Start it first: docker compose up --wait starts LocalStack, docs/endpoints.md names others.`;
const foreignText = (url: string) =>
  `What answers at ${url} does not answer as Lambda does. Name an endpoint with Lambda and DynamoDB; see docs/endpoints.md.`;

function unreachable(message: string): HarnessError {
  return new HarnessError("TARGET_UNREACHABLE", message);
}
