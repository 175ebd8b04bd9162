import type { CostLine, Usage } from "./estimate.ts";
import { PRICES_AS_OF, PRICES_REGION, prices } from "./prices.ts";

const money = (dollars: number): string => `$${dollars.toFixed(2)}`;
const amount = (units: number): string => units.toLocaleString("en-US", { maximumFractionDigits: 2 });

/** The estimate for reading: a line for each thing that is paid for, the sum, and what costs while nobody calls. */
export function costTable(lines: readonly CostLine[], usage: Usage): string {
  const rows = lines.map(({ resource, price, units, freeUnits, dollars }) => [
    resource,
    `${amount(units)} ${prices[price].unit}`,
    freeUnits > 0 ? `${amount(freeUnits)} free` : "",
    money(dollars),
  ]);
  const widths = [0, 1, 2, 3].map((column) => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)));
  const pad = (cell: string, column: number) =>
    column === 3 ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0);
  const total = lines.reduce((sum, { dollars }) => sum + dollars, 0);
  return [
    `${amount(usage.requests)} requests and ${amount(usage.users)} users a month`,
    "",
    ...rows.map((row) => row.map(pad).join("  ")),
    "",
    `${money(total)} a month. While nobody calls: ${idleText(lines)}`,
    `Assumed: ${usage.durationMilliseconds} ms a request, ${amount(usage.readShare * 100)}% of them reads, items and logs of 1 KB,`,
    "50 items a user. Without taxes, data transfer and the free months of a new account.",
    `Prices of ${PRICES_REGION} as of ${PRICES_AS_OF}:`,
    ...new Set(lines.map(({ price }) => `  ${prices[price].source}`)),
  ].join("\n");
}

function idleText(lines: readonly CostLine[]): string {
  const idle = lines.filter(({ idleDollars }) => idleDollars > 0);
  if (idle.length === 0) return "nothing.";
  const all = idle.map(({ resource, idleDollars }) => `${resource} ${money(idleDollars)}`);
  return `${all.join(", ")}, less what the account has free.`;
}

/** The same for scripts. */
export function costJson(lines: readonly CostLine[], usage: Usage): string {
  const total = lines.reduce((sum, { dollars }) => sum + dollars, 0);
  return JSON.stringify({ usage, region: PRICES_REGION, pricesAsOf: PRICES_AS_OF, total, lines }, null, 2);
}
