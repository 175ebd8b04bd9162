/** `npm run bench`: prints what the harness costs, beside a floor measured in the same run. */
import { parseArgs } from "node:util";
import { measureColdStarts } from "./cold-starts.mts";
import { type Figure, figureRow, machine, type Results, readResults, row } from "./figures.mts";
import { measureGrowth } from "./growth.mts";
import { removeMovedCaches } from "./harness.mts";
import { measureLoads } from "./loads.mts";
import { measurePackages } from "./packages.mts";
import { measureStarts } from "./starts.mts";

const HELP = `Usage: npm run bench -- [options]

Measures the harness, and beside it, in the same run, a plain server that does the same work without gateway, policies
and isolation: the floor. Ratios to the floor hold across machines, other figures do not. Takes about six minutes.

  --only PARTS      starts, loads, growth, packages; several with commas (default: all)
  --requests N      how many requests a load makes in all of its rounds (default: 9000)
  --against FILE    compare with an earlier run, made with --json
  --json            print the figures as JSON and the table to standard error
  --help            this text`;

const PARTS = ["starts", "loads", "growth", "packages"] as const;
type Part = (typeof PARTS)[number];

interface Options {
  readonly parts: readonly Part[];
  readonly requests: number;
  readonly earlier: Results | undefined;
  readonly json: boolean;
}

/** @throws Error with a sentence for the user. */
function readOptions(): Options | "help" {
  const { values } = parseArgs({
    options: {
      only: { type: "string" },
      requests: { type: "string", default: "9000" },
      against: { type: "string" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return "help";
  const requests = Number(values.requests);
  if (!Number.isInteger(requests) || requests < 100)
    throw new Error(`--requests takes a whole number from 100, not ${values.requests}.`);
  const named = values.only?.split(",") ?? PARTS;
  const unknown = named.find((name) => !PARTS.some((part) => part === name));
  if (unknown !== undefined) throw new Error(`--only takes ${PARTS.join(", ")}, not ${unknown}.`);
  const earlier = values.against === undefined ? undefined : readResults(values.against);
  return { parts: PARTS.filter((part) => named.includes(part)), requests, earlier, json: values.json };
}

async function bench({ parts, requests, earlier, json }: Options): Promise<void> {
  const say = json ? console.error : console.log;
  const figures: Figure[] = [];
  const report = (figure: Figure) => {
    figures.push(figure);
    say(figureRow(figure, earlier));
  };
  say(machine());
  if (earlier !== undefined) say(`compared with ${earlier.date} on ${earlier.machine}`);
  say(row("", "ours", "floor", "ratio", earlier === undefined ? "" : "against it"));
  if (parts.includes("starts")) await measureStarts(report);
  if (parts.includes("starts")) await measureColdStarts(report);
  if (parts.includes("loads")) await measureLoads({ requests, report });
  if (parts.includes("growth")) await measureGrowth(report);
  if (parts.includes("packages")) await measurePackages(report);
  if (json) console.log(JSON.stringify({ machine: machine(), date: new Date().toISOString(), figures }));
}

try {
  const options = readOptions();
  if (options === "help") console.log(HELP);
  else await bench(options);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
} finally {
  await removeMovedCaches();
}
