import { exceedsBytes, MAXIMUM_RESPONSE_BYTES } from "./runtime/payload-limits.ts";
import type { RuntimeMessage } from "./runtime/runtime-messages.ts";

/** Reads what a sandbox sent. The function's code can reach the channel, so whatever comes through it is outside data:
 * anything but a message that the runtime could have sent is `undefined`. Nothing of it is kept but what is checked. */
export function readRuntimeMessage(sent: unknown): RuntimeMessage | undefined {
  if (typeof sent !== "object" || sent === null) return undefined;
  const { kind, ...members }: Readonly<Record<string, unknown>> = { ...sent };
  switch (kind) {
    case "ready":
      return { kind };
    case "log":
      return readLog(members);
    case "returned":
      return readReturned(members);
    case "failed":
      return readFailed(members);
    default:
      return undefined;
  }
}

type Members = Readonly<Record<string, unknown>>;

function readLog({ requestId, line }: Members): RuntimeMessage | undefined {
  if (typeof line !== "string" || (requestId !== undefined && typeof requestId !== "string")) return undefined;
  return { kind: "log", requestId, line };
}

function readReturned({ payload, memoryBytes }: Members): RuntimeMessage | undefined {
  if (typeof payload !== "string" || exceedsBytes(payload, MAXIMUM_RESPONSE_BYTES) || !isSize(memoryBytes))
    return undefined;
  return { kind: "returned", payload, memoryBytes };
}

function readFailed({ phase, fatal, errorType, errorMessage, memoryBytes }: Members): RuntimeMessage | undefined {
  if (phase !== "init" && phase !== "invoke") return undefined;
  if (typeof fatal !== "boolean" || typeof errorType !== "string" || typeof errorMessage !== "string") return undefined;
  return isSize(memoryBytes) ? { kind: "failed", phase, fatal, errorType, errorMessage, memoryBytes } : undefined;
}

function isSize(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}
