import * as pulumi from "@pulumi/pulumi";
import { pending } from "./rules/stack.ts";

/**
 * A resource's properties as plain values. Pulumi throws on the reading of what is known only after deployment: here it
 * becomes `pending`, so that a rule can judge the rest. Of assets and archives nothing is read.
 */
export function plainProperties(properties: object): Record<string, unknown> {
  return Object.fromEntries(Object.keys(properties).map((name) => [name, plainValue(read(properties, name))]));
}

function read(properties: object, name: string): unknown {
  try {
    return (properties as Readonly<Record<string, unknown>>)[name];
  } catch {
    return pending;
  }
}

function plainValue(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (pulumi.asset.Asset.isInstance(value) || pulumi.asset.Archive.isInstance(value)) return {};
  const plain = plainProperties(value);
  return Array.isArray(value) ? Object.values(plain) : plain;
}
