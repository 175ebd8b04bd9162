import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";

const readableCharacters = 40;

/**
 * A name for what Pulumi does not name by itself and AWS wants to be unique in an account: part of the stack's name to
 * read, and a digest of all of it to tell stacks apart that differ in the rest, or in capitals only. Letters, digits and
 * hyphens, at most 40 characters longer than `prefix` and ten.
 */
export function uniqueName(prefix: string, stack = pulumi.getStack(), project = pulumi.getProject()): string {
  const readable = stack
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, readableCharacters);
  const digest = createHash("sha256")
    .update(JSON.stringify([project, stack]))
    .digest("hex")
    .slice(0, 8);
  return `${prefix}-${readable.replace(/^-|-$/g, "")}-${digest}`.replace(/-+/g, "-");
}
