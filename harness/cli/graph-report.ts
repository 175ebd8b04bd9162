import { createHash } from "node:crypto";
import type { EvaluatedProgram } from "../pulumi/evaluate.ts";
import type { Resource } from "../pulumi/resource-graph.ts";
import { secretOutputValues } from "../resources/secret-outputs.ts";

/** The captured graph for reading: a line per resource, faults below. */
export function graphTable(program: EvaluatedProgram): string {
  const rows = program.graph.resources.map(({ type, name, id, arn }) => [type, name, arn ?? id]);
  const widths = [0, 1].map((column) => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  const faults = program.faults.map(({ subject, rule }) => `fault: ${subject}: ${rule}`);
  return [...lines, ...faults, `${rows.length} resources`].join("\n");
}

/** The captured graph as JSON, as in a deployment's plan: program text in packages is named by its size and digest, and
 * a secret by the word that Pulumi's CLI prints for it. */
export function graphJson(program: EvaluatedProgram): string {
  const { deployment, faults, graph } = program;
  const resources = graph.resources.map(({ secretInputs = [], ...resource }: Resource) => ({
    ...resource,
    inputs: shortened(masked(resource.inputs, secretInputs)),
    outputs: shortened(masked(resource.outputs, secretInputs)),
  }));
  const exports = masked(program.exports, program.secretExports);
  const secrets = secretOutputValues(graph.resources);
  const mask = (_key: string, value: unknown) => (secrets.has(value) ? "[secret]" : value);
  return JSON.stringify({ deployment, exports, faults, components: graph.components, resources }, mask, 2);
}

function masked(
  values: Readonly<Record<string, unknown>>,
  secret: readonly string[],
): Readonly<Record<string, unknown>> {
  const entries = Object.entries(values);
  return Object.fromEntries(entries.map(([key, value]) => [key, secret.includes(key) ? "[secret]" : value]));
}

function shortened(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(shortened);
  if ("kind" in value && value.kind === "text" && "text" in value && typeof value.text === "string") {
    const sha256 = createHash("sha256").update(value.text).digest("hex");
    return { kind: "text", bytes: Buffer.byteLength(value.text), sha256 };
  }
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shortened(inner)]));
}
