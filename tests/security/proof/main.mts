import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { allFlaws } from "./flaws.ts";
import type { PlantedFlaw } from "./planted-flaw.ts";
import { type WrittenProof, writeProofTable } from "./proof-table.ts";
import { type Proof, prove, proveSound } from "./prove.ts";

const HELP = `Usage: npm run security:prove -- [options]

Plants one flaw at a time and demands that the suite finds it, by the checks that are for it and by no others.

  --only NAMES     flaws to plant, apart by commas (default: all)
  --jobs N         how many at the same time (default: 2)
  --whole          run all families on each flaw, not only those that it could bear on
  --results FILE   write what was found as JSON
  --accept         take what was found for what is expected from now on: read the difference before it is committed
  --help           this text`;

const expectationsFile = resolve(import.meta.dirname, "expectations.json");
const proofsFile = resolve(import.meta.dirname, "../../../security.proofs.json");

/** By flaw: the checks that find it. The first one is the check that is for it; the others see it too. */
type Expectations = Readonly<Record<string, readonly string[]>>;

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    jobs: { type: "string" },
    results: { type: "string" },
    accept: { type: "boolean" },
    whole: { type: "boolean" },
    help: { type: "boolean" },
  },
});

if (values.help === true) console.log(HELP);
else process.exitCode = await proveAll();

async function proveAll(): Promise<number> {
  const chosen = chosenFlaws();
  const sound = await proveSound();
  report("nothing is planted", sound.foundBy, []);
  const proofs = await inParallel(chosen, Number(values.jobs ?? 2));
  const expectations = readExpectations();
  const found = new Map(proofs.map((proof) => [proof.name, proof.foundBy.filter((id) => !sound.foundBy.includes(id))]));
  const wrong = chosen.filter(({ name }) => !fits(found.get(name) ?? [], expectations[name] ?? []));
  if (values.results !== undefined) writeFileSync(values.results, `${JSON.stringify(proofs, null, 2)}\n`);
  if (values.accept === true) {
    accept(expectations, found);
    writeProofs(proofs);
  }
  console.log(`${chosen.length - wrong.length} of ${chosen.length} flaws were found as expected.`);
  return wrong.length === 0 && sound.foundBy.length === 0 ? 0 : 1;
}

function chosenFlaws(): readonly PlantedFlaw[] {
  const names = values.only?.split(",");
  const unknown = names?.find((name) => !allFlaws.some((flaw) => flaw.name === name));
  if (unknown !== undefined) {
    console.error(`There is no flaw ${unknown}.`);
    process.exit(2);
  }
  return allFlaws.filter(({ name }) => names === undefined || names.includes(name));
}

function readExpectations(): Expectations {
  return JSON.parse(readFileSync(expectationsFile, "utf8")) as Expectations;
}

/** Found by the check that is for it, and by no check that is not listed. */
function fits(found: readonly string[], expected: readonly string[]): boolean {
  const [first] = expected;
  return first !== undefined && found.includes(first) && found.every((id) => expected.includes(id));
}

async function inParallel(flaws: readonly PlantedFlaw[], jobs: number): Promise<readonly Proof[]> {
  const waiting = [...flaws];
  const proofs: Proof[] = [];
  const expectations = readExpectations();
  const worker = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const proof = await prove(next, values.whole === true).catch((error: unknown) => {
        // A text that is no longer there must not end the others' proofs: the flaw counts as not found.
        return { name: next.name, foundBy: [], durationMilliseconds: 0, refusal: String(error) };
      });
      proofs.push(proof);
      report(next.name, proof.foundBy, expectations[next.name] ?? [], proof);
    }
  };
  await Promise.all(Array.from({ length: jobs }, worker));
  return proofs;
}

function report(name: string, found: readonly string[], expected: readonly string[], proof?: Proof): void {
  const good = name === "nothing is planted" ? found.length === 0 : fits(found, expected);
  const seconds = proof === undefined ? "" : ` (${(proof.durationMilliseconds / 1000).toFixed(1)} s)`;
  console.log(`${good ? "✓" : "✗"} ${name}: ${found.join(", ") || "nothing found"}${seconds}`);
  if (proof?.refusal !== undefined) console.log(`    ${proof.refusal.split("\n").slice(0, 4).join("\n    ")}`);
}

/** The table that the suite's report shows: what was proven before stays. */
function writeProofs(proofs: readonly Proof[]): void {
  const earlier = JSON.parse(readFileSync(proofsFile, "utf8")) as readonly WrittenProof[];
  const written = new Map(earlier.map((proof) => [proof.name, proof]));
  for (const { name, foundBy, durationMilliseconds } of proofs) {
    const flaw = allFlaws.find((one) => one.name === name)?.flaw ?? "";
    written.set(name, { name, flaw, foundBy, seconds: Math.round(durationMilliseconds / 100) / 10 });
  }
  const inOrder = allFlaws.flatMap(({ name }) => written.get(name) ?? []);
  writeFileSync(proofsFile, `${JSON.stringify(inOrder, null, 2)}\n`);
  writeProofTable(inOrder);
}

function accept(expectations: Expectations, found: ReadonlyMap<string, readonly string[]>): void {
  const next = { ...expectations };
  for (const [name, ids] of found) {
    const [first] = expectations[name] ?? [];
    next[name] = [...new Set([...(first !== undefined && ids.includes(first) ? [first] : []), ...ids])];
  }
  const sorted = Object.fromEntries(Object.entries(next).sort(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(expectationsFile, `${JSON.stringify(sorted, null, 2)}\n`);
}
