import { isJsonObject, type JsonObject, jsonStructure, parseJson } from "../json.ts";
import type { Report } from "./policy-variables.ts";

/** More than IAM accepts for any policy document. */
const LONGEST_DOCUMENT = 131_072;

/** Reads a policy document: JSON text, or the object that it stands for. JSON.parse keeps the last of two members with
 * one name, which could turn a `Deny` into an `Allow`, so a repeated name is refused as IAM refuses it.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html */
export function readJsonDocument(document: unknown, report: Report): JsonObject | undefined {
  if (typeof document === "string") return readText(document, report);
  if (isJsonObject(document)) return document;
  report("the policy is not a JSON object.");
  return undefined;
}

function readText(text: string, report: Report): JsonObject | undefined {
  const value = text.length > LONGEST_DOCUMENT ? undefined : parseJson(text);
  const flaw = textFlaw(text, value);
  if (flaw !== undefined) report(flaw);
  return flaw === undefined && isJsonObject(value) ? value : undefined;
}

function textFlaw(text: string, value: unknown): string | undefined {
  if (text.length > LONGEST_DOCUMENT) {
    return `the policy has ${text.length} characters; IAM takes at most ${LONGEST_DOCUMENT}.`;
  }
  if (value === undefined) return "the policy is not valid JSON.";
  if (!isJsonObject(value)) return "the policy is not a JSON object.";
  const { repeatedName } = jsonStructure(text);
  return repeatedName === undefined ? undefined : `the policy has the member ${repeatedName} twice in one object.`;
}
