/** A JSON object, e.g. the inputs of a resource or of a block in it. */
export type Block = Readonly<Record<string, unknown>>;

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
export const isBlock = (value: unknown): value is Block =>
  typeof value === "object" && value !== null && !Array.isArray(value);
export const isBlocks = (value: unknown): value is readonly Block[] => Array.isArray(value) && value.every(isBlock);
export const isTextMap = (value: unknown): value is Readonly<Record<string, string>> =>
  isBlock(value) && Object.values(value).every(isText);

/** A block's own member: one of `Object.prototype` is none. */
export function memberOf(block: Block, name: string): unknown {
  return Object.hasOwn(block, name) ? block[name] : undefined;
}
