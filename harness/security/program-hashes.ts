import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { relative } from "node:path";
import type { Model } from "../model.ts";
import type { SuiteReport } from "./report.ts";

const sha256 = (text: string | Buffer) => createHash("sha256").update(text).digest("hex");

/** What was attacked, so that a report can be held against it later: the program's files, packages and graph. */
export async function programHashes({ program, functions }: Model, directory: string): Promise<SuiteReport["hashes"]> {
  const files = await Promise.all(
    [...program.files].sort().map(async (file) => `${relative(directory, file)} ${await hashOfFile(file)}`),
  );
  const packages = functions.map(({ functionName, code }) => [functionName, sha256(JSON.stringify(code))] as const);
  return {
    program: sha256(files.join("\n")),
    graph: sha256(JSON.stringify(program.graph.resources)),
    packages: Object.fromEntries(packages),
  };
}

async function hashOfFile(file: string): Promise<string> {
  return readFile(file).then(sha256, () => "gone");
}
