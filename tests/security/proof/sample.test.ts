import { expect, test } from "vitest";
import expectations from "./expectations.json" with { type: "json" };
import { allFlaws } from "./flaws.ts";
import { prove } from "./prove.ts";

/** One of each kind; all of them are planted by `npm run security:prove`. */
const SAMPLE = ["open-route", "owner-from-the-query-of-a-list"] as const;

test.each(SAMPLE)(
  "%s is found, by the claim that is for it and by none that is not listed",
  async (name) => {
    const flaw = allFlaws.find((one) => one.name === name);
    if (flaw === undefined) throw new Error(`there is no flaw ${name}`);
    const { foundBy } = await prove(flaw);
    expect(foundBy).toContain(expectations[name][0]);
    expect(foundBy.filter((id) => !expectations[name].includes(id))).toEqual([]);
  },
  600_000,
);
