import type { ReportedRoute } from "../report.ts";
import { escaped } from "./escape.ts";

const ROW = 34;
const BOX = 24;
const WIDTH = 960;
const COLUMNS = { routes: 0, functions: 460, tables: 760 } as const;
const WIDTHS = { routes: 380, functions: 230, tables: 200 } as const;

type Column = keyof typeof COLUMNS;

/** Routes, functions and tables in three columns, with what leads to what, as one SVG without scripts or fonts. */
export function stackDiagram(routes: readonly ReportedRoute[]): string {
  const functions = [...new Set(routes.flatMap(({ functionName }) => functionName ?? []))];
  const tables = [...new Set(routes.flatMap((route) => route.tables))];
  const height = Math.max(routes.length, functions.length, tables.length, 1) * ROW + 8;
  const middle = (index: number, count: number) => (height * (index + 0.5)) / Math.max(count, 1);
  const rowOfFunction = (name: string) => middle(functions.indexOf(name), functions.length);
  const rowOfTable = (name: string) => middle(tables.indexOf(name), tables.length);
  const lines = [
    ...routes.flatMap(({ functionName }, index) =>
      functionName === undefined
        ? []
        : [line("routes", middle(index, routes.length), "functions", rowOfFunction(functionName))],
    ),
    ...[
      ...new Set(routes.flatMap(({ functionName, tables: used }) => used.map((table) => `${functionName}\n${table}`))),
    ].map((pair) => {
      const [name = "", table = ""] = pair.split("\n");
      return line("functions", rowOfFunction(name), "tables", rowOfTable(table));
    }),
  ];
  const boxes = [
    ...routes.map(({ routeKey, authorization }, index) =>
      box("routes", middle(index, routes.length), `${routeKey} (${authorization})`, authorization === "open"),
    ),
    ...functions.map((name) => box("functions", rowOfFunction(name), name)),
    ...tables.map((name) => box("tables", rowOfTable(name), name)),
  ];
  const label = `${routes.length} routes lead to ${functions.length} functions, which use ${tables.length} tables.`;
  return `<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${label}">${lines.join("")}${boxes.join("")}</svg>`;
}

function line(from: Column, fromY: number, to: Column, toY: number): string {
  const x1 = COLUMNS[from] + WIDTHS[from];
  const x2 = COLUMNS[to];
  const bend = (x1 + x2) / 2;
  return `<path class="edge" d="M${x1} ${fromY}C${bend} ${fromY} ${bend} ${toY} ${x2} ${toY}"/>`;
}

function box(column: Column, y: number, text: string, open = false): string {
  const shown = text.length > WIDTHS[column] / 6.6 ? `${text.slice(0, Math.floor(WIDTHS[column] / 6.6) - 1)}…` : text;
  return `<g><title>${escaped(text)}</title><rect class="${open ? "open" : "node"}" x="${COLUMNS[column] + 1}" y="${y - BOX / 2}" width="${WIDTHS[column] - 2}" height="${BOX}" rx="4"/><text x="${COLUMNS[column] + 10}" y="${y + 4}">${escaped(shown)}</text></g>`;
}
