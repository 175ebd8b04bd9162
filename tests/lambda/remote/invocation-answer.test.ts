import { describe, expect, test } from "vitest";
import { resultOfAnswer, resultOfRefusal } from "../../../harness/lambda/remote/invocation-answer.ts";

const failed = (errorType: string, errorMessage: string) => ({
  kind: "failed",
  errorType,
  errorMessage,
  durationMilliseconds: 7,
});

describe("what a Lambda at an endpoint answers", () => {
  test.each([
    ["a value, byte for byte", undefined, '{"é": 1.0 }', { kind: "returned", payload: '{"é": 1.0 }' }],
    ["nothing", undefined, "", { kind: "returned", payload: "null" }],
    ["a value that reads like an error", undefined, '{"errorType":"x"}', { kind: "returned" }],
    ["an error", "Unhandled", '{"errorType":"TypeError","errorMessage":"no"}', failed("TypeError", "no")],
    ["an error without a type", "Handled", '{"errorMessage":"no"}', failed("Unhandled", "no")],
    ["an error that is text", "Unhandled", "broken", failed("Unhandled", "broken")],
    ["an error that is null", "Unhandled", "null", failed("Unhandled", "")],
    [
      "a timeout in AWS's words",
      "Unhandled",
      '{"errorType":"Sandbox.Timedout","errorMessage":"RequestId: a Error: Task timed out after 3.00 seconds"}',
      { kind: "timed-out", errorMessage: "RequestId: a Error: Task timed out after 3.00 seconds" },
    ],
    [
      "an error that speaks of a timeout",
      "Unhandled",
      '{"errorType":"Error","errorMessage":"Task timed out after 3 seconds, said the other side"}',
      { kind: "failed", errorType: "Error" },
    ],
  ])("%s", (_name, FunctionError, payload, expected) => {
    const answer = { FunctionError, Payload: Buffer.from(payload) };
    expect(resultOfAnswer(answer, 7)).toMatchObject({ ...expected, durationMilliseconds: 7 });
  });

  const sdkError = (name: string, message: string, httpStatusCode?: number) =>
    Object.assign(new Error(message), { name, $metadata: { httpStatusCode } });

  test.each([
    ["throttling", sdkError("TooManyRequestsException", "Rate", 429), { kind: "throttled", durationMilliseconds: 7 }],
    [
      "a function that is gone",
      sdkError("ResourceNotFoundException", "Not there", 404),
      failed("ResourceNotFoundException", "Not there"),
    ],
    [
      "no answer",
      sdkError("TimeoutError", "socket hang up"),
      failed("ServiceException", "The Lambda endpoint did not answer: socket hang up"),
    ],
    [
      "no answer, without a word",
      sdkError("AggregateError", ""),
      failed("ServiceException", "The Lambda endpoint did not answer: AggregateError"),
    ],
    ["what is no error", "down", failed("ServiceException", "The Lambda endpoint did not answer: down")],
  ])("%s", (_name, error, expected) => {
    expect(resultOfRefusal(error, 7)).toEqual(expected);
  });
});
