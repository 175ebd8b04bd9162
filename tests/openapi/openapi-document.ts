import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { parse } from "yaml";
import { ROOT } from "../end-to-end/support/scratch-program.ts";

export interface MediaType {
  readonly schema: { readonly $ref: string };
  readonly examples?: Readonly<Record<string, { readonly value?: unknown; readonly $ref?: string }>>;
}

export interface DocumentedResponse {
  readonly $ref?: string;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly content?: { readonly "application/json": MediaType };
}

export interface Operation {
  readonly operationId: string;
  readonly security?: unknown;
  readonly requestBody?: { readonly content: { readonly "application/json": MediaType } };
  readonly responses: Readonly<Record<string, DocumentedResponse>>;
}

/** The document as it stands, with the means to follow its references and apply its schemas. */
export function readOpenApi() {
  const document = parse(readFileSync(join(ROOT, "docs/openapi.yaml"), "utf8")) as Record<string, unknown>;
  const ajv = new Ajv2020({
    strict: false,
    formats: { date: isDate, "date-time": isInstant, uuid: /^[0-9a-f-]{36}$/ },
  });
  ajv.addSchema(document, "openapi");
  const follow = <T>(reference: string): T =>
    reference
      .slice(2)
      .split("/")
      .reduce<unknown>((value, name) => (value as Record<string, unknown>)[name], document) as T;
  return {
    document,
    operations: operationsOf(document),
    /** A response, wherever it is written. */
    response: (response: DocumentedResponse): DocumentedResponse =>
      response.$ref === undefined ? response : follow(response.$ref),
    example: (example: { readonly value?: unknown; readonly $ref?: string }): unknown =>
      example.$ref === undefined ? example.value : follow<{ value: unknown }>(example.$ref).value,
    schema(name: string): ValidateFunction {
      const validate = ajv.getSchema(`openapi#/components/schemas/${name.split("/").at(-1)}`);
      if (validate === undefined) throw new Error(`The document has no schema ${name}.`);
      return validate;
    },
  };
}

function operationsOf(document: Record<string, unknown>): ReadonlyMap<string, Operation> {
  const methods = ["get", "post", "put", "delete"];
  const paths = document.paths as Record<string, Record<string, Operation>>;
  return new Map(
    Object.entries(paths).flatMap(([path, item]) =>
      Object.entries(item)
        .filter(([method]) => methods.includes(method))
        .map(([method, operation]) => [`${method.toUpperCase()} ${path}`, operation] as const),
    ),
  );
}

/** RFC 3339's full-date: a day that there is. */
function isDate(text: string): boolean {
  const date = new Date(`${text}T00:00:00.000Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

function isInstant(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/.test(text) && !Number.isNaN(Date.parse(text));
}
