import { isJsonObject, type JsonObject } from "../json.ts";

const utf8 = (text: string): number => Buffer.byteLength(text);
const base64 = (text: string): number => Buffer.byteLength(text, "base64");

/** About half a byte per significant digit, one for the exponent, and one more below zero. */
function numberSize(text: string): number {
  const [mantissa = "0"] = text.toLowerCase().split("e");
  const significant = mantissa.replace(/[-+.]/g, "").replace(/^0+/, "").replace(/0+$/, "");
  return Math.ceil(significant.length / 2) + 1 + (text.startsWith("-") ? 1 : 0);
}

const sum = <T>(values: Iterable<T>, size: (value: T) => number): number => {
  let total = 0;
  for (const value of values) total += size(value);
  return total;
};

const texts = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((entry) => typeof entry === "string") : [];

function valueSize(value: unknown): number {
  if (!isJsonObject(value)) return 0;
  const [type, content] = Object.entries(value)[0] ?? [];
  switch (type) {
    case "S":
      return utf8(String(content));
    case "N":
      return numberSize(String(content));
    case "B":
      return base64(String(content));
    case "SS":
      return sum(texts(content), utf8);
    case "NS":
      return sum(texts(content), numberSize);
    case "BS":
      return sum(texts(content), base64);
    case "L":
      return 3 + sum(Array.isArray(content) ? content : [], (entry) => 1 + valueSize(entry));
    case "M":
      return isJsonObject(content) ? 3 + Object.keys(content).length + itemSize(content) : 3;
    default:
      return 1;
  }
}

/** An item's size in bytes as DynamoDB counts it: names and values, UTF-8.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html */
export function itemSize(item: JsonObject): number {
  return sum(Object.entries(item), ([name, value]) => utf8(name) + valueSize(value));
}

/** The quota for one item, names included.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html */
export const MAXIMUM_ITEM_SIZE_BYTES = 400 * 1024;

/** One text per distinct key value: the same number written differently is the same key. */
export function keyText(value: unknown): string {
  if (!isJsonObject(value)) return "";
  const [type, content] = Object.entries(value)[0] ?? [];
  if (type === "N") return `N:${canonicalNumber(String(content))}`;
  if (type === "B") return `B:${Buffer.from(String(content), "base64").toString("base64")}`;
  return `${type}:${String(content)}`;
}

/** A number in the form that DynamoDB stores and returns: no exponent, no superfluous zeros, no plus sign. Any other text stays as it is. */
export function canonicalNumber(text: string): string {
  // Without a digit it is no number: the engine says so, where "0" would have been stored.
  const parts = /^([-+]?)(?=\.?\d)(\d*)(?:\.(\d*))?(?:[eE]([-+]?\d+))?$/.exec(text);
  if (parts === null) return text;
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = parts;
  const digits = `${whole}${fraction}`.replace(/^0+/, "");
  const significant = digits.replace(/0+$/, "");
  if (significant === "") return "0";
  const pointFromEnd = fraction.length - Number(exponent);
  const shifted = digits.length - pointFromEnd;
  if (!Number.isSafeInteger(shifted) || Math.abs(shifted) > 200) return text;
  const minus = sign === "-" ? "-" : "";
  if (shifted <= 0) return `${minus}0.${"0".repeat(-shifted)}${significant}`;
  if (shifted >= significant.length) return `${minus}${significant}${"0".repeat(shifted - significant.length)}`;
  return `${minus}${significant.slice(0, shifted)}.${significant.slice(shifted)}`;
}
