import { isJsonObject, type JsonObject } from "../json.ts";

/** What Pulumi does not send to the provider, or sends as nothing. The one notion of absent for all resources: `false`
 * and `""` are values. */
export function isAbsent(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}

export const isText = (value: unknown): value is string => typeof value === "string";
export const isFlag = (value: unknown): value is boolean => typeof value === "boolean";
export const isNumber = (value: unknown): value is number => Number.isFinite(value);
export const isTexts = (value: unknown): value is readonly string[] => Array.isArray(value) && value.every(isText);
export const isBlocks = (value: unknown): value is readonly JsonObject[] =>
  Array.isArray(value) && value.every(isJsonObject);
export const isTextMap = (value: unknown): value is Readonly<Record<string, string>> =>
  isJsonObject(value) && Object.values(value).every(isText);
