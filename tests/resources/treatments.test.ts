import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { RESOURCE_TYPES } from "../../harness/resources/catalog.ts";
import { refusalsOf } from "../../harness/resources/refusal.ts";
import type { Properties, Treatment } from "../../harness/resources/treatments.ts";
import { type DeclaredInput, type DeclaredType, providerTypes } from "./provider-types.ts";

type Value = readonly [name: string, value: unknown];

const ABSENT: readonly Value[] = [
  ["undefined", undefined],
  ["null", null],
  ["[]", []],
  ["{}", {}],
];

/** A value of each type. */
const VALUES: Readonly<Record<DeclaredType, unknown>> = {
  text: "x",
  flag: false,
  number: 7,
  texts: ["x"],
  map: { a: "b" },
  block: { surprise: 1 },
  blocks: [{ surprise: 1 }],
  other: ["x", 1],
};

const DECLARED_TYPES = Object.keys(VALUES) as readonly DeclaredType[];

/** One row of the tables: where it stands, and how to put a value there. */
interface Row {
  readonly type: string;
  readonly place: string;
  readonly treatment: Treatment;
  readonly inputs: (value: unknown) => Readonly<Record<string, unknown>>;
  /** `undefined` for what the provider adds by itself: `tagsAll`. */
  readonly declared: DeclaredInput | undefined;
}

const declaredInputs = providerTypes();
const TYPES = [...RESOURCE_TYPES].flatMap(([type, row]) =>
  row.kind === "refused" || row.properties === undefined ? [] : [{ type, properties: row.properties }],
);
const ROWS: readonly Row[] = TYPES.flatMap(({ type, properties }) =>
  rowsOf({ type, properties, path: "", declared: declaredInputs(type), around: (block) => block }),
);

interface Place {
  readonly type: string;
  readonly properties: Properties;
  readonly path: string;
  readonly declared: ReadonlyMap<string, DeclaredInput> | undefined;
  readonly around: (block: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;
}

function rowsOf({ type, properties, path, declared, around }: Place): readonly Row[] {
  return Object.entries(properties).flatMap(([name, treatment]): Row[] => {
    const place = `${path}${name}`;
    const input = declared?.get(name);
    const row: Row = { type, place, treatment, inputs: (value) => around({ [name]: value }), declared: input };
    if (treatment.kind !== "read" || treatment.type.properties === undefined) return [row];
    const isList = treatment.type.accepts([]);
    const inner = {
      type,
      properties: treatment.type.properties,
      path: `${place}${isList ? "[0]" : ""}.`,
      declared: input?.inputs,
      around: (block: Readonly<Record<string, unknown>>) => around({ [name]: isList ? [block] : block }),
    };
    return [row, ...rowsOf(inner)];
  });
}

const named = <T extends { readonly type: string; readonly place: string }>(rows: readonly T[]) =>
  rows.map((row) => [`${row.type} ${row.place}`, row] as const);

describe("a row is walked with every value", () => {
  test.each(named(ROWS))("%s", (_name, { type, place, treatment, inputs, declared }) => {
    const faultsAt = (value: unknown) => refusalsOf({ type, inputs: inputs(value) });
    const own = (value: unknown) => faultsAt(value).filter((fault) => fault.startsWith(`\`${place}\` `));
    for (const [name, value] of ABSENT) expect(faultsAt(value), `${name} asks for nothing`).toEqual([]);
    for (const value of Object.values(VALUES)) {
      expect(own(value), JSON.stringify(value)).toEqual(expectedFaults(treatment, place, value));
    }
    if (declared === undefined) expect(place, "is declared").toMatch(/^tagsAll$/);
    else expectDeclaredType(treatment, declared.type, own);
  });
});

function expectedFaults(treatment: Treatment, place: string, value: unknown): readonly unknown[] {
  switch (treatment.kind) {
    case "inert":
      return [];
    case "refused":
      return [expect.stringMatching(/^`\S+` is refused: .+; .+\.$/)];
    case "only":
      return treatment.values.includes(value) ? [] : [expect.stringMatching(/^`\S+` is refused as .+: .+; .+\.$/)];
    case "read":
      return treatment.type.accepts(value) ? [] : [`\`${place}\` must be ${treatment.type.wanted}.`];
  }
}

/** A row takes what Pulumi's declarations say, and of the types here nothing else. */
function expectDeclaredType(treatment: Treatment, type: DeclaredType, faultsOf: (value: unknown) => readonly string[]) {
  if (treatment.kind === "only") {
    for (const value of treatment.values) expect(typeof value).toBe(typeof VALUES[type]);
  }
  if (treatment.kind !== "read") return;
  const accepted = DECLARED_TYPES.filter((each) => faultsOf(VALUES[each]).length === 0);
  expect(accepted).toEqual(treatment.type.wanted === "a value" ? DECLARED_TYPES : alike(type, treatment));
}

/** The types whose values cannot be told from one another's. */
function alike(type: DeclaredType, treatment: Treatment): readonly DeclaredType[] {
  const anyMap = treatment.kind === "read" && treatment.type.wanted === "a map";
  return type === "block" || anyMap ? ["map", "block"] : [type];
}

describe.each(TYPES)("$type", ({ type, properties }) => {
  test.each([
    ["true", true],
    ["false", false],
    ["an empty text", ""],
    ["a block", { a: 1 }],
  ])("refuses a property that nobody knows, as %s", (_name, value) => {
    for (const name of ["novelty", "constructor", "hasOwnProperty", "__proto__"]) {
      expect(refusalsOf({ type, inputs: JSON.parse(`{"${name}":${JSON.stringify(value)}}`) })).toEqual([
        `\`${name}\` is unknown to the harness and therefore refused; remove it.`,
      ]);
    }
  });

  test("has a row for every input that Pulumi declares", () => {
    expect(missing(properties, declaredInputs(type), "")).toEqual([]);
  });
});

function missing(
  properties: Properties,
  declared: ReadonlyMap<string, DeclaredInput> | undefined,
  path: string,
): readonly string[] {
  return [...(declared ?? [])].flatMap(([name, input]) => {
    const treatment = properties[name];
    if (treatment === undefined) return [`${path}${name}`];
    if (treatment.kind !== "read" || treatment.type.properties === undefined) return [];
    return missing(treatment.type.properties, input.inputs, `${path}${name}.`);
  });
}

test("every type of the AWS provider is one that it has", () => {
  for (const type of RESOURCE_TYPES.keys())
    if (type.startsWith("aws:")) expect(declaredInputs(type).size).toBeGreaterThan(0);
});

test("a type that nobody knows is refused, and one that is refused says why and what to do", () => {
  for (const type of ["aws:ec2/vpc:Vpc", "constructor", ""]) {
    expect(refusalsOf({ type, inputs: {} })).toEqual([
      "This resource type is unknown to the harness and therefore refused; remove it.",
    ]);
  }
  for (const [type, row] of RESOURCE_TYPES) {
    if (row.kind !== "refused") continue;
    expect(refusalsOf({ type, inputs: {} })).toEqual([`This resource type is refused: ${row.because}; ${row.remedy}.`]);
  }
});

/** What was decided of each property, beside the tables: whoever changes a row says so twice. */
test("every row says what was decided of it", () => {
  const decided = JSON.parse(readFileSync(resolve(import.meta.dirname, "decided.json"), "utf8"));
  const rows = TYPES.map(({ type }) => [type, decisionsOf(ROWS.filter((row) => row.type === type))]);
  expect(Object.fromEntries(rows)).toEqual(decided);
});

function decisionsOf(rows: readonly Row[]): Readonly<Record<string, string>> {
  const kinds = ["read", "inert", "only", "refused"] as const;
  const placesOf = (kind: Treatment["kind"]) =>
    rows.flatMap(({ place, treatment }) => {
      if (treatment.kind !== kind) return [];
      return treatment.kind === "only" ? `${place}=${treatment.values.join()}` : place;
    });
  return Object.fromEntries(kinds.map((kind) => [kind, placesOf(kind).toSorted().join(" ")]));
}

test("what stands in several types is treated alike in all", () => {
  const shared = ["region", "description"];
  for (const name of shared) {
    const kinds = TYPES.flatMap(({ type, properties }) => {
      const treatment = type.startsWith("aws:cognito/") ? undefined : properties[name];
      return treatment === undefined ? [] : [treatment];
    });
    expect(new Set(kinds).size).toBe(1);
  }
});

test("reasons and remedies are clauses that fit their sentence", () => {
  const clauses = [...RESOURCE_TYPES.values(), ...ROWS.map(({ treatment }) => treatment)].flatMap((row) => [
    ...("because" in row ? [row.because] : []),
    ...("remedy" in row ? [row.remedy] : []),
  ]);
  for (const clause of clauses) {
    expect(clause).toMatch(/[^.;\s]$/);
  }
});
