import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { configurationFlaws } from "./configuration-flaws.ts";
import { gatewayFlaws } from "./gateway-flaws.ts";
import { handlerFlaws } from "./handler-flaws.ts";
import type { Change, PlantedFlaw } from "./planted-flaw.ts";
import { secondReaderFlaws } from "./second-reader-flaws.ts";

const folder = resolve(import.meta.dirname, "../../fixtures/flawed");

/** The flaws with which the tests of the program itself are tried: their data is used as it is. */
function programFlaws(): readonly PlantedFlaw[] {
  return readdirSync(folder)
    .sort()
    .map((file) => {
      const { flaw, changes } = JSON.parse(readFileSync(resolve(folder, file), "utf8")) as {
        readonly flaw: string;
        readonly changes: readonly Change[];
      };
      const name = file.replace(".json", "");
      return { name, flaw, changes, ...(name === "password-sign-in-everywhere" ? { stack: "prod" } : {}) };
    });
}

export const allFlaws: readonly PlantedFlaw[] = [
  ...programFlaws(),
  ...handlerFlaws,
  ...gatewayFlaws,
  ...configurationFlaws,
  ...secondReaderFlaws,
];
