import { describe, expect, test } from "vitest";
import { parseProject, stackConfiguration } from "../../harness/pulumi/stack-configuration.ts";

const PROJECT = `
name: shop
runtime: { name: nodejs }
config:
  origins: { type: array, items: { type: string } }
  retention: { type: integer, default: 14 }
  token: { type: string, secret: true, default: "" }
  aws:region: { value: eu-west-1 }
`;

function configure(stackFile: string | undefined, overrides: Record<string, string> = {}, project = PROJECT) {
  const file = stackFile === undefined ? undefined : { name: "Pulumi.dev.yaml", text: stackFile };
  return stackConfiguration(parseProject(project), file, overrides);
}

const ORIGINS = "config:\n  shop:origins: [https://a.example]\n";

test("declared defaults, the stack's file and overrides go in this order, as text", () => {
  expect(configure(`${ORIGINS}  shop:retention: 3\n`, { "aws:region": "us-west-2", retention: "7" })).toEqual({
    values: {
      "shop:origins": '["https://a.example"]',
      "shop:retention": "7",
      "shop:token": "",
      "aws:region": "us-west-2",
    },
    secretKeys: ["shop:token"],
  });
});

test.each(["retention", "shop:retention", "shop:config:retention"])("%s is a key of the project's", (key) => {
  const { values } = configure(`${ORIGINS}  ${key}: 3\n`);
  expect(values).toMatchObject({ "shop:retention": "3" });
  expect(Object.keys(values).filter((each) => each.endsWith("retention"))).toHaveLength(1);
  expect(configure(ORIGINS, { [key]: "4" }).values).toMatchObject({ "shop:retention": "4" });
});

test("an override that is JSON text is a list", () => {
  expect(configure(undefined, { origins: '["https://b.example"]' }).values["shop:origins"]).toBe(
    '["https://b.example"]',
  );
});

const REFUSED = [
  {
    name: "a missing key names the command",
    file: "config: {}",
    message: /shop:origins.*pulumi config set --path 'origins\[0\]'/,
  },
  {
    name: "a text for a list",
    file: "config:\n  shop:origins: https://a.example",
    message: /^Stack 'dev' with configuration key 'origins' must be of type 'array<string>'/,
  },
  {
    name: "a comma list for a list",
    file: "config:\n  shop:origins: https://a.example,https://b.example",
    message: /'origins' must be of type 'array<string>'.*pulumi config set --path 'origins\[0\]'/,
  },
  {
    name: "JSON text for a list",
    file: `config:\n  shop:origins: '["https://a.example"]'`,
    message: /^Stack 'dev' with configuration key 'origins' must be of type 'array<string>'/,
  },
  {
    name: "a key of three parts",
    file: `${ORIGINS}  shop:other:token: x`,
    message: /shop:other:token is no.*namespace:name/,
  },
  { name: "a list of the wrong things", file: "config:\n  shop:origins: [{ a: 1 }]", message: /array<string>/ },
  {
    name: "a list with a number",
    file: "config:\n  shop:origins: [https://a.example, 3000]",
    message: /'origins' must be of type 'array<string>'/,
  },
  {
    name: "a word for a number",
    file: `${ORIGINS}  shop:retention: many`,
    message: /'retention' must be of type 'integer'/,
  },
  {
    name: "an encrypted value",
    file: `${ORIGINS}  shop:token: { secure: v1:abc }`,
    message: /shop:token encrypted.*--config shop:token=/,
  },
  { name: "broken YAML", file: "config: [", message: /Pulumi\.dev\.yaml is not valid YAML/ },
  { name: "YAML that is a list", file: "- a", message: /mapping/ },
  { name: "a list for config", file: "config: [a]", message: /config does not hold a mapping/ },
];
test.each(REFUSED)("$name", ({ file, message }) => {
  expect(() => configure(file)).toThrow(
    expect.objectContaining({ code: "CONFIGURATION", message: expect.stringMatching(message) }),
  );
});

describe("an override", () => {
  const STRUCTURED = `${PROJECT}  limits: { type: object, default: { rate: 1, burst: { size: 2 } } }\n`;
  test.each<[string, Record<string, string>, Record<string, string>]>([
    ["replaces an entry of a list", { "origins[0]": "https://b.example" }, { "shop:origins": '["https://b.example"]' }],
    [
      "adds one at its end",
      { "origins[1]": "https://b.example" },
      { "shop:origins": '["https://a.example","https://b.example"]' },
    ],
    ["reaches into an object", { "limits.burst.size": "7" }, { "shop:limits": '{"rate":1,"burst":{"size":7}}' }],
    ["by a quoted name", { 'shop:limits["a.b"]': "x" }, { "shop:limits": '{"rate":1,"burst":{"size":2},"a.b":"x"}' }],
    [
      "makes booleans as pulumi config set --path does",
      { "limits.on": "true" },
      { "shop:limits": '{"rate":1,"burst":{"size":2},"on":true}' },
    ],
    ["in another namespace needs no declaration", { "aws:profile": "x" }, { "aws:profile": "x" }],
  ])("%s", (_name, overrides, expected) => {
    expect(configure(ORIGINS, overrides, STRUCTURED).values).toMatchObject(expected);
  });

  test.each([
    [
      "a key that is not declared",
      { retentoin: "30" },
      /declares no configuration retentoin\. Did you mean retention\?/,
    ],
    ["a key like none", { zzzzzz: "30" }, /It declares limits, origins, retention, token\./],
    ["an index beyond the end", { "origins[3]": "x" }, /origins\[3\] is beyond the end of the list, which has 1/],
    ["a name in a list", { "origins.first": "x" }, /origins is a list/],
    ["no path", { "origins[": "x" }, /origins\[ is no configuration path/],
    ["a name that is no data", { "limits.__proto__": "x" }, /is no configuration path/],
    ["a number in a list of texts", { "origins[0]": "5" }, /must be of type 'array<string>'/],
  ])("%s is refused", (_name, overrides, message) => {
    expect(() => configure(ORIGINS, overrides as unknown as Record<string, string>, STRUCTURED)).toThrow(
      expect.objectContaining({ code: "CONFIGURATION", message: expect.stringMatching(message) }),
    );
  });

  test("a project that declares nothing takes any key", () => {
    const { values } = configure(undefined, { anything: "x" }, "name: shop\nruntime: nodejs\n");
    expect(values).toEqual({ "shop:anything": "x" });
  });
});

describe("Pulumi.yaml", () => {
  const BROKEN = [
    { name: "no name", text: "runtime: nodejs", message: /no name/ },
    { name: "another runtime", text: "name: x\nruntime: python", message: /python; only nodejs/ },
    {
      name: "a runtime that is an object",
      text: "name: x\nruntime: { name: { toString: 1 } }",
      message: /\{"toString":1\}; only nodejs/,
    },
    {
      name: "an unknown type",
      text: "name: x\nruntime: nodejs\nconfig: { a: { type: date } }",
      message: /a with the type date/,
    },
  ];
  test.each(BROKEN)("$name", ({ text, message }) => {
    expect(() => parseProject(text)).toThrow(message);
  });
});
