import { HarnessError } from "../errors.ts";
import { SECRET_HEADER } from "../harness-secret.ts";
import type { JournalEntry } from "../journal.ts";
import type { Invocation } from "../lambda/invocation-types.ts";
import { isLoopbackName } from "../loopback-host.ts";
import type { Target } from "./target.ts";

/** What a harness in another process shows beyond the answers of what it serves. */
export type HarnessInsight = Pick<Target, "mintToken" | "invocationsOf" | "journalOf">;

export interface RunningHarnessOptions {
  /** Its AWS endpoint, which has `/_harness/*`. */
  readonly url: string;
  /** The value of `HARNESS_SECRET` that it was started with. */
  readonly secret: string | undefined;
  readonly fetch: typeof globalThis.fetch;
}

/** Asks a harness in another process, by `/_harness/*`. Its questions reject with a HarnessError TARGET_UNREACHABLE that
 * has the harness's own words. The secret goes to this machine alone. */
export function runningHarness(options: RunningHarnessOptions): HarnessInsight {
  const of = (path: string, requestId: string) => ask(options, `${path}?requestId=${encodeURIComponent(requestId)}`);
  return {
    mintToken: async (request) =>
      String((await ask(options, "tokens", { method: "POST", body: JSON.stringify(request) })).token),
    // An older harness answers with all that it has.
    invocationsOf: async (requestId) =>
      ((await of("invocations", requestId)).invocations as readonly Invocation[]).filter(
        (invocation) => invocation.requestId === requestId,
      ),
    journalOf: async (requestId) => (await of("journal", requestId)).entries as readonly JournalEntry[],
  };
}

async function ask(
  { url, secret, fetch: send }: RunningHarnessOptions,
  path: string,
  request: RequestInit = {},
): Promise<Readonly<Record<string, unknown>>> {
  const shown = secret !== undefined && isLoopbackName(new URL(url).hostname) ? { [SECRET_HEADER]: secret } : {};
  const address = `${url.replace(/\/$/, "")}/_harness/${path}`;
  try {
    const response = await send(address, { ...request, headers: shown });
    const answer = (await response.json()) as Readonly<Record<string, unknown>>;
    if (response.ok) return answer;
    throw new Error(String(answer.message ?? response.status));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new HarnessError("TARGET_UNREACHABLE", `The harness at ${url} does not say more. ${reason}`);
  }
}
