import { randomUUID } from "node:crypto";
import type { Clock } from "../clock.ts";
import type { LambdaFunction } from "./function.ts";
import type { Invocation, InvocationRequest, InvocationResult } from "./invocation-types.ts";
import {
  endLines,
  type InitReport,
  type InvocationReport,
  initReportLines,
  type LogSink,
  type PlatformLog,
  startLines,
  timeoutMessage,
} from "./logs.ts";
import type { Acquired, Pool, PooledSandbox } from "./pool.ts";
import type { NextInvocation } from "./runtime/runtime-messages.ts";
import { reportedErrorType, type SandboxOutcome } from "./sandbox.ts";

/** What one function's invocations share. */
export interface InvocationEnvironment {
  readonly lambdaFunction: LambdaFunction;
  readonly pool: Pool;
  readonly clock: Clock;
  readonly logSink: LogSink;
  /** Somebody may stop the function in a debugger: it has all the time there is. */
  readonly debugged: boolean;
  /** Called when an event is given to a sandbox. */
  readonly onRun: (invocation: Invocation) => void;
}

const MEBIBYTE = 1_048_576;
/** What a timer of Node.js can wait for: 24 days. */
export const LONGEST_TIMER_MILLISECONDS = 2 ** 31 - 1;

/** Runs one event in a sandbox of the pool, with Lambda's lines around it in the log.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html */
export async function runInvocation(
  environment: InvocationEnvironment,
  request: InvocationRequest,
): Promise<InvocationResult> {
  const { pool } = environment;
  const awsRequestId = randomUUID();
  const acquired = await pool.acquire();
  const pooled = acquired.kind === "warm" ? acquired.pooled : pool.startWithinInvocation();
  const initDuration = pooled.initDurationMilliseconds;
  pooled.currentRequestId = request.requestId;
  pooled.initDurationMilliseconds = undefined;
  if (acquired.kind === "init-failed" && acquired.failure !== undefined)
    writeInitReport(environment, awsRequestId, { phase: "init", ...acquired.failure });
  writeStart(environment, awsRequestId);
  const startedAt = performance.now();
  const outcome = await give(environment, {
    acquired,
    pooled,
    request,
    awsRequestId,
    coldStart: initDuration !== undefined,
  });
  const durationMilliseconds = performance.now() - startedAt;
  pooled.currentRequestId = undefined;
  remember(pooled, outcome);
  const report = reportOf(environment.lambdaFunction, pooled, outcome, { durationMilliseconds, initDuration });
  const result = resultOf(environment, outcome, awsRequestId, durationMilliseconds);
  writeEnd(environment, awsRequestId, report, causeOf(result));
  pool.release(pooled);
  return result;
}

interface Run {
  readonly acquired: Acquired;
  readonly pooled: PooledSandbox;
  readonly request: InvocationRequest;
  readonly awsRequestId: string;
  readonly coldStart: boolean;
}

/** Where init failed before, it runs once more, now inside the invocation and its timeout. */
async function give(environment: InvocationEnvironment, run: Run): Promise<SandboxOutcome> {
  const { lambdaFunction, onRun } = environment;
  const { acquired, pooled, request, awsRequestId } = run;
  const timeoutMilliseconds = environment.debugged ? LONGEST_TIMER_MILLISECONDS : lambdaFunction.timeoutSeconds * 1_000;
  const startedAt = performance.now();
  if (acquired.kind !== "warm") {
    const outcome = await pooled.sandbox.initialize(timeoutMilliseconds, awsRequestId);
    if (outcome.kind !== "ready") {
      const durationMilliseconds = performance.now() - startedAt;
      writeInitReport(environment, awsRequestId, {
        phase: "invoke",
        durationMilliseconds,
        errorType: reportedErrorType(outcome),
      });
      return outcome;
    }
  }
  const left = Math.max(1, timeoutMilliseconds - (performance.now() - startedAt));
  const coldStart = run.coldStart || acquired.kind !== "warm";
  onRun({ requestId: request.requestId, awsRequestId, functionName: lambdaFunction.functionName, coldStart });
  return pooled.sandbox.invoke(nextInvocation(request, awsRequestId, left), left);
}

function nextInvocation(request: InvocationRequest, awsRequestId: string, left: number): NextInvocation {
  return {
    awsRequestId,
    invokedFunctionArn: request.functionArn,
    payload: request.payload,
    traceId: request.traceId,
    // The handler compares it with its own clock, which is the machine's.
    deadlineMilliseconds: Math.round(Date.now() + left),
  };
}

function remember(pooled: PooledSandbox, outcome: SandboxOutcome): void {
  if (outcome.kind !== "returned" && outcome.kind !== "failed") return;
  pooled.maximumMemoryBytes = Math.max(pooled.maximumMemoryBytes, outcome.memoryBytes);
}

function reportOf(
  lambdaFunction: LambdaFunction,
  pooled: PooledSandbox,
  outcome: SandboxOutcome,
  times: { readonly durationMilliseconds: number; readonly initDuration: number | undefined },
): InvocationReport {
  return {
    // What was over the timeout is the harness's own time: Lambda reports the timeout itself.
    durationMilliseconds:
      outcome.kind === "timed-out" ? lambdaFunction.timeoutSeconds * 1_000 : times.durationMilliseconds,
    initDurationMilliseconds: times.initDuration,
    memorySizeMegabytes: lambdaFunction.memorySizeMegabytes,
    maximumMemoryUsedMegabytes: Math.ceil(pooled.maximumMemoryBytes / MEBIBYTE),
    status: outcome.kind === "returned" ? "success" : outcome.kind === "timed-out" ? "timeout" : "error",
    errorType: outcome.kind === "failed" && outcome.fatal ? reportedErrorType(outcome) : undefined,
  };
}

function resultOf(
  { lambdaFunction, clock }: InvocationEnvironment,
  outcome: SandboxOutcome,
  awsRequestId: string,
  durationMilliseconds: number,
): InvocationResult {
  switch (outcome.kind) {
    case "returned":
      return { kind: "returned", payload: outcome.payload, durationMilliseconds };
    case "failed": {
      const { errorType, errorMessage } = outcome;
      return { kind: "failed", errorType, errorMessage, durationMilliseconds };
    }
    default: {
      const errorMessage = timeoutMessage(awsRequestId, clock.nowMilliseconds(), lambdaFunction.timeoutSeconds);
      return { kind: "timed-out", errorMessage, durationMilliseconds };
    }
  }
}

/** The line that tells why a function was killed or died. */
function causeOf(result: InvocationResult): string | undefined {
  if (result.kind === "timed-out") return result.errorMessage;
  if (result.kind === "failed" && result.errorType === "Runtime.ExitError")
    return `${result.errorMessage}\n${result.errorType}`;
  return undefined;
}

function writeStart(environment: InvocationEnvironment, requestId: string): void {
  write(environment, requestId, startLines(platformLog(environment, requestId)));
}

function writeInitReport(environment: InvocationEnvironment, requestId: string, report: InitReport): void {
  write(environment, requestId, initReportLines(platformLog(environment, requestId), report));
}

function writeEnd(
  environment: InvocationEnvironment,
  requestId: string,
  report: InvocationReport,
  cause: string | undefined,
): void {
  write(environment, requestId, endLines(platformLog(environment, requestId), report, cause));
}

function platformLog({ lambdaFunction, clock }: InvocationEnvironment, requestId: string): PlatformLog {
  const { logFormat, systemLogLevel } = lambdaFunction.logging;
  return { logFormat, systemLogLevel, requestId, atMilliseconds: clock.nowMilliseconds() };
}

function write({ lambdaFunction, logSink }: InvocationEnvironment, requestId: string, lines: readonly string[]): void {
  const { functionName, logging } = lambdaFunction;
  for (const line of lines) logSink({ functionName, logGroup: logging.logGroup, requestId, line });
}
