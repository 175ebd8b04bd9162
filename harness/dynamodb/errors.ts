import { crc32 } from "node:zlib";
import type { HttpResponse } from "../http.ts";
import { currentText } from "./validation-texts.ts";

/** The namespaces that `__type` carries: which one is part of the wire format, and differs per error. */
const CORAL = "com.amazon.coral.service#";
const VALIDATE = "com.amazon.coral.validate#";
const DYNAMODB = "com.amazonaws.dynamodb.v20120810#";

/** A refusal or failure of DynamoDB, before it is put on the wire. */
export interface DynamoDbError {
  readonly status: 400 | 413 | 500;
  /** The full `__type`, namespace and all. */
  readonly type: string;
  /** Members next to `__type`, in wire order: `message`, `Message`, `Item`, `CancellationReasons`. */
  readonly members: Readonly<Record<string, unknown>>;
}

const badRequest = (type: string, members: Readonly<Record<string, unknown>>): DynamoDbError => ({
  status: 400,
  type,
  members,
});

/** Denials spell `Message` with a capital, unlike every other error of the service. */
export const accessDenied = (text: string) => badRequest(`${CORAL}AccessDeniedException`, { Message: text });

export const validationError = (message: string) =>
  badRequest(`${VALIDATE}ValidationException`, { message: currentText(message) });

/** The refusal of a whole transaction by what is wrong with some of its parts; `undefined` for those without fault. */
export function transactionCanceled(faults: readonly (string | undefined)[]): DynamoDbError {
  const codes = faults.map((fault) => (fault === undefined ? "None" : "ValidationError"));
  const Message = `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes.join(", ")}]`;
  const CancellationReasons = faults.map((fault) =>
    fault === undefined ? { Code: "None" } : { Code: "ValidationError", Message: fault },
  );
  return badRequest(`${DYNAMODB}TransactionCanceledException`, { CancellationReasons, Message });
}

export const serializationError = (message?: string) =>
  badRequest(`${CORAL}SerializationException`, message === undefined ? {} : { Message: message });

/** Without a message when the service has no such operation; with one when it has and the harness does not emulate it. */
export const unknownOperation = (message?: string) =>
  badRequest(`${CORAL}UnknownOperationException`, message === undefined ? {} : { message });

export const coralError = (name: string, message: string) => badRequest(`${CORAL}${name}`, { message });

export const serviceError = (name: string, message: string, more: Readonly<Record<string, unknown>> = {}) =>
  badRequest(`${DYNAMODB}${name}`, { message, ...more });

export const resourceNotFound = () => serviceError("ResourceNotFoundException", "Requested resource not found");

export const conditionalCheckFailed = (item?: unknown) =>
  serviceError(
    "ConditionalCheckFailedException",
    "The conditional request failed",
    item === undefined ? {} : { Item: item },
  );

export const internalServerError = (): DynamoDbError => ({
  status: 500,
  type: `${DYNAMODB}InternalServerError`,
  members: { message: "Internal server error" },
});

/** Puts a JSON body on the wire as DynamoDB does: its content type, request id, and the checksum that SDKs verify. */
export function jsonResponse(requestId: string, status: number, body: string | Buffer): HttpResponse {
  return {
    status,
    headers: [
      ["x-amzn-requestid", requestId],
      ["x-amz-crc32", String(crc32(body))],
      ["content-type", "application/x-amz-json-1.0"],
      ["content-length", String(Buffer.byteLength(body))],
    ],
    body,
  };
}

export function errorResponse(requestId: string, error: DynamoDbError): HttpResponse {
  return jsonResponse(requestId, error.status, JSON.stringify({ __type: error.type, ...error.members }));
}

/** The name after `#`, as SDKs show it and the journal records it. */
export const errorName = (type: string): string => type.slice(type.lastIndexOf("#") + 1);
