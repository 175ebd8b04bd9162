import { ALPHANUMERIC, HEXADECIMAL, type Identifiers } from "../../pulumi/identifiers.ts";
import { type Create, inertType, type Registration, type ResourceTypes } from "../resource-type.ts";

/** The providers' values are unforeseeable, too: nothing that was tested can depend on one of them. */
const INVENTED = "any value of the right form will do, and the same stack gets the same one at every start";
const SECRET = "any value of the right form will do: random, and with `--data` the same at every start";

function numberInput({ inputs }: Registration, name: string, otherwise: number): number {
  const value = inputs[name];
  return typeof value === "number" && Number.isInteger(value) && value >= 0 ? value : otherwise;
}

const createId: Create = (resource, ids) => {
  const hex = ids.text(resource, "id", numberInput(resource, "byteLength", 8) * 2, HEXADECIMAL);
  const bytes = Buffer.from(hex, "hex");
  const b64Url = bytes.toString("base64url");
  return {
    id: b64Url,
    outputs: { hex, b64Url, b64Std: bytes.toString("base64"), dec: BigInt(`0x${hex || 0}`).toString() },
  };
};

/** Of lower and upper case and digits, as much as the program allows. */
function letters(resource: Registration): string {
  const { upper, lower, numeric } = resource.inputs;
  const allowed = [
    ...(numeric === false ? [] : [/[0-9]/]),
    ...(lower === false ? [] : [/[a-z]/]),
    ...(upper === false ? [] : [/[A-Z]/]),
  ];
  const wanted = [...ALPHANUMERIC].filter((letter) => allowed.some((pattern) => pattern.test(letter))).join("");
  return wanted || ALPHANUMERIC;
}

const createText: Create = (resource, ids) => {
  const result = ids.text(resource, "result", numberInput(resource, "length", 16), letters(resource));
  return { id: result, outputs: { result } };
};

const createPassword: Create = (resource, ids) => {
  const result = ids.secret(resource, "result", numberInput(resource, "length", 16), letters(resource));
  return { id: "none", outputs: { result } };
};

const createInteger: Create = (resource, ids) => {
  const min = numberInput(resource, "min", 0);
  const span = numberInput(resource, "max", min) - min + 1;
  const result = min + (Number.parseInt(ids.text(resource, "result", 8, HEXADECIMAL), 16) % Math.max(span, 1));
  return { id: String(result), outputs: { result } };
};

const createPet: Create = (resource, ids) => {
  const separator = typeof resource.inputs.separator === "string" ? resource.inputs.separator : "-";
  const prefix = typeof resource.inputs.prefix === "string" ? [resource.inputs.prefix] : [];
  const length = numberInput(resource, "length", 2);
  const words = Array.from({ length }, (_, index) => word(resource, ids, index));
  return { id: [...prefix, ...words].join(separator), outputs: {} };
};

function word(resource: Registration, ids: Identifiers, index: number): string {
  return ids.text(resource, `word ${index}`, 6, "abcdefghijklmnopqrstuvwxyz");
}

const createUuid: Create = (resource, ids) => {
  const hex = ids.text(resource, "result", 32, HEXADECIMAL);
  const variant = "89ab"[Number.parseInt(hex.charAt(16), 16) % 4];
  const result = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
  return { id: result, outputs: { result } };
};

/** @see https://www.pulumi.com/registry/packages/random/ */
export const RANDOM_TYPES: ResourceTypes = {
  "random:index/randomBytes:RandomBytes": inertType(SECRET, (resource, ids) => {
    const hex = ids.secret(resource, "result", numberInput(resource, "length", 16) * 2, HEXADECIMAL);
    return { id: "none", outputs: { hex, base64: Buffer.from(hex, "hex").toString("base64") } };
  }),
  "random:index/randomId:RandomId": inertType(INVENTED, createId),
  "random:index/randomInteger:RandomInteger": inertType(INVENTED, createInteger),
  "random:index/randomPassword:RandomPassword": inertType(SECRET, createPassword),
  "random:index/randomPet:RandomPet": inertType(INVENTED, createPet),
  "random:index/randomString:RandomString": inertType(INVENTED, createText),
  "random:index/randomUuid:RandomUuid": inertType(INVENTED, createUuid),
};
