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
    message: /shop:origins must be of type array of string/,
  },
  {
    name: "a comma list for a list",
    file: "config:\n  shop:origins: https://a.example,https://b.example",
    message: /shop:origins must be of type array of string.*pulumi config set --path 'origins\[0\]'/,
  },
  {
    name: "JSON text for a list",
    file: `config:\n  shop:origins: '["https://a.example"]'`,
    message: /shop:origins must be of type array of string/,
  },
  {
    name: "a key of three parts",
    file: `${ORIGINS}  shop:other:token: x`,
    message: /shop:other:token is no.*namespace:name/,
  },
  { name: "a list of the wrong things", file: "config:\n  shop:origins: [{ a: 1 }]", message: /array of string/ },
  {
    name: "a word for a number",
    file: `${ORIGINS}  shop:retention: many`,
    message: /shop:retention must be of type integer/,
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

describe("Pulumi.yaml", () => {
  const BROKEN = [
    { name: "no name", text: "runtime: nodejs", message: /no name/ },
    { name: "another runtime", text: "name: x\nruntime: python", message: /python; only nodejs/ },
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
