import { describe, expect, test } from "vitest";
import { readTables } from "../../harness/dynamodb/table-reader.ts";
import { faultCollector } from "../../harness/faults.ts";
import { type Resource, resourceGraph } from "../../harness/pulumi/resource-graph.ts";
import { refuseResources } from "../../harness/resources/refusal.ts";

type Inputs = Readonly<Record<string, unknown>>;

const sound: Inputs = {
  name: "notes-1a2b3c4",
  attributes: [
    { name: "owner", type: "S" },
    { name: "id", type: "S" },
  ],
  hashKey: "owner",
  rangeKey: "id",
  billingMode: "PAY_PER_REQUEST",
};

function resource(inputs: Inputs, name = "notes"): Resource {
  const physical = String(inputs.name ?? "notes-1a2b3c4");
  const arn = `arn:aws:dynamodb:eu-west-1:123456789012:table/${physical}`;
  return {
    type: "aws:dynamodb/table:Table",
    name,
    id: physical,
    arn,
    inputs,
    outputs: { ...inputs, name: physical, arn },
  };
}

function read(...resources: readonly Resource[]) {
  const faults = faultCollector();
  const graph = resourceGraph(resources);
  refuseResources(graph, faults);
  const tables = readTables(graph, faults);
  return {
    tables,
    rules: faults.faults.map((fault) => fault.rule),
    subjects: faults.faults.map((fault) => fault.subject),
  };
}

const attributes = (...names: readonly string[]) => ({ attributes: names.map((name) => ({ name, type: "S" })) });
const globalIndex = (index: Inputs) => ({
  ...attributes("owner", "id", "topic"),
  globalSecondaryIndexes: [{ name: "by-topic", hashKey: "topic", projectionType: "ALL", ...index }],
});
const localIndex = (index: Inputs) => ({
  ...attributes("owner", "id", "topic"),
  localSecondaryIndexes: [{ name: "by-topic", rangeKey: "topic", projectionType: "KEYS_ONLY", ...index }],
});

describe("tables of the graph", () => {
  test("a table with everything that has no local effect", () => {
    const { tables, rules } = read(
      resource({
        ...sound,
        ...globalIndex({ rangeKey: "id", projectionType: "INCLUDE", nonKeyAttributes: ["title"], readCapacity: 0 }),
        localSecondaryIndexes: [],
        replicas: [],
        streamEnabled: false,
        serverSideEncryption: { enabled: true },
        pointInTimeRecovery: { enabled: true },
        deletionProtectionEnabled: true,
        tableClass: "STANDARD_INFREQUENT_ACCESS",
        ttl: { enabled: true, attributeName: "expires" },
        tags: { project: "notes" },
      }),
    );
    expect(rules).toEqual([]);
    expect(tables).toEqual([
      {
        name: "notes-1a2b3c4",
        arn: "arn:aws:dynamodb:eu-west-1:123456789012:table/notes-1a2b3c4",
        partitionKey: { name: "owner", type: "S" },
        sortKey: { name: "id", type: "S" },
        billingMode: "PAY_PER_REQUEST",
        provisioned: { read: 0, write: 0 },
        indexes: [
          {
            name: "by-topic",
            kind: "global",
            partitionKey: { name: "topic", type: "S" },
            sortKey: { name: "id", type: "S" },
            projection: "INCLUDE",
            nonKeyAttributes: ["title"],
          },
        ],
        timeToLiveAttribute: "expires",
        deletionProtection: true,
        tags: { project: "notes" },
      },
    ]);
  });

  test("a provisioned table, the default, and a local index", () => {
    const { billingMode, ...rest } = sound;
    const { tables, rules } = read(resource({ ...rest, readCapacity: 5, writeCapacity: 1, ...localIndex({}) }));
    expect(rules).toEqual([]);
    expect(tables[0]).toMatchObject({ billingMode: "PROVISIONED", provisioned: { read: 5, write: 1 } });
    expect(tables[0]?.indexes[0]).toMatchObject({
      kind: "local",
      partitionKey: { name: "owner" },
      sortKey: { name: "topic" },
    });
  });

  test.each([
    ["an unknown property", { surprise: true }, /^`surprise` is unknown/],
    [
      "an unknown property of an index",
      globalIndex({ surprise: true }),
      /^`globalSecondaryIndexes\[0\]\.surprise` is unknown/,
    ],
    ["a stream", { streamEnabled: true }, /^`streamEnabled` is refused as true: streams are not emulated/],
    ["replicas", { replicas: [{ regionName: "us-east-1" }] }, /^`replicas` is refused/],
    ["a restored table", { restoreSourceName: "other" }, /^`restoreSourceName` is refused/],
    ["an import", { importTable: { inputFormat: "CSV" } }, /^`importTable` is refused/],
    ["keys of several attributes", globalIndex({ keySchemas: [{}] }), /keySchemas` is refused: multi-attribute/],
    ["no key", { hashKey: undefined }, /^`hashKey` is missing/],
    ["a key that is not defined", { hashKey: "other" }, /^`hashKey` "other" is not defined/],
    ["a sort key that is not defined", { rangeKey: "other" }, /^`rangeKey` "other" is not defined/],
    ["one attribute as both keys", { rangeKey: "owner" }, /`rangeKey` must not name the partition key/],
    [
      "an attribute that no key uses",
      attributes("owner", "id", "title"),
      /^Attribute "title" is defined but no key uses it/,
    ],
    ["an attribute defined twice", attributes("owner", "id", "id"), /"id" is defined twice/],
    [
      "a type that no key has",
      {
        attributes: [
          { name: "owner", type: "BOOL" },
          { name: "id", type: "S" },
        ],
      },
      /needs a name and the type/,
    ],
    ["a name too short", { name: "ab" }, /3 to 255/],
    ["a name with a space", { name: "my notes" }, /3 to 255/],
    ["an unknown billing mode", { billingMode: "FREE" }, /^`billingMode` must be/],
    ["no capacity", { billingMode: "PROVISIONED", readCapacity: 1 }, /needs `readCapacity` and `writeCapacity`/],
    ["time to live of nothing", { ttl: { enabled: true } }, /^`ttl\.enabled` needs/],
    [
      "an index on an undefined attribute",
      globalIndex({ hashKey: "other" }),
      /globalSecondaryIndexes\[0\]\.hashKey` "other"/,
    ],
    ["an index without projection", globalIndex({ projectionType: undefined }), /projectionType` must be/],
    ["an index that includes nothing", globalIndex({ projectionType: "INCLUDE" }), /INCLUDE needs them/],
    ["an index of all with some", globalIndex({ nonKeyAttributes: ["title"] }), /go with `projectionType` INCLUDE/],
    ["an index's name too short", globalIndex({ name: "by" }), /name` must be 3 to 255/],
    [
      "two indexes of one name",
      { ...globalIndex({}), localSecondaryIndexes: localIndex({}).localSecondaryIndexes },
      /same name/,
    ],
    [
      "a local index without its key",
      localIndex({ rangeKey: undefined }),
      /localSecondaryIndexes\[0\]\.rangeKey` is missing/,
    ],
    [
      "a local index without a sort key",
      { ...localIndex({}), ...attributes("owner", "topic"), rangeKey: undefined },
      /need a table with a `rangeKey`/,
    ],
    [
      "six local indexes",
      {
        ...attributes("owner", "id", "topic"),
        localSecondaryIndexes: Array.from({ length: 6 }, (_, n) => ({
          ...localIndex({}).localSecondaryIndexes[0],
          name: `index-${n}`,
        })),
      },
      /at most 5 local/,
    ],
    [
      "21 global indexes",
      {
        ...attributes("owner", "id", "topic"),
        globalSecondaryIndexes: Array.from({ length: 21 }, (_, n) => ({
          ...globalIndex({}).globalSecondaryIndexes[0],
          name: `index-${n}`,
        })),
      },
      /at most 20 global/,
    ],
  ] as const)("%s is a fault that names the table", (_name, inputs, rule) => {
    const { rules, subjects } = read(resource({ ...sound, ...inputs }));
    expect(rules).toContainEqual(expect.stringMatching(rule));
    expect(new Set(subjects)).toEqual(new Set(["aws:dynamodb/table:Table notes"]));
  });

  test("two tables of one name are a fault", () => {
    expect(read(resource(sound), resource(sound, "more")).rules).toContainEqual(expect.stringMatching(/Another table/));
  });

  test("all faults of a table at once", () => {
    expect(read(resource({ ...sound, streamEnabled: true, replicas: [{}], surprise: 1 })).rules).toHaveLength(3);
  });
});
