import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";

export interface WrittenProof {
  readonly name: string;
  readonly flaw: string;
  /** The claim that is for the flaw first. */
  readonly foundBy: readonly string[];
  readonly seconds: number;
}

const docs = resolve(import.meta.dirname, "../../../docs/security.md");
const [BEGIN, END] = ["<!-- proofs: written by npm run security:prove -- --accept -->", "<!-- end of proofs -->"];

/** Puts the table of proofs between its two marks in `docs/security.md`. */
export function writeProofTable(proofs: readonly WrittenProof[]): void {
  const text = readFileSync(docs, "utf8");
  const [before = "", rest = ""] = text.split(BEGIN);
  const [, after = ""] = rest.split(END);
  const rows = proofs.map(({ flaw, foundBy, seconds }) => {
    const [first = "", ...others] = foundBy;
    const more = others.length === 0 ? "" : ` and ${others.length} more`;
    return `| ${flaw} | \`${first}\`${more} | ${seconds.toFixed(0)} |`;
  });
  const table = ["| Flaw | Found by | Seconds |", "| --- | --- | --- |", ...rows].join("\n");
  writeFileSync(docs, `${before}${BEGIN}\n\n${table}\n\n${END}${after}`);
}
