import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { RESOURCE_TYPES } from "../harness/resources/catalog.ts";
import { INERT_TYPES } from "../harness/resources/types/inert.ts";

const ROOT = resolve(import.meta.dirname, "..");
const read = (file: string) => readFileSync(join(ROOT, file), "utf8");
const readme = read("README.md");

function section(title: string): string {
  const [, text = ""] = readme.split(`\n## ${title}\n`);
  return text.split("\n## ")[0] ?? "";
}

/** The first cell of each row, and the rest. */
function rows(text: string): readonly (readonly [string, string])[] {
  return [...text.matchAll(/^\| (.*?) \| (.*) \|$/gm)].map(([, name = "", rest = ""]) => [name, rest] as const);
}

test("the table of commands names every npm script, and each once", () => {
  const named = rows(section("Commands")).flatMap(([cell]) =>
    [...cell.matchAll(/`([a-z:]+)`/g)].map(([, name]) => name),
  );
  const { scripts }: { scripts: Record<string, string> } = JSON.parse(read("package.json"));
  expect(named.toSorted()).toEqual(Object.keys(scripts).toSorted());
});

test.each(["README.md", "CONTRIBUTING.md", "SECURITY.md", "docs/architecture.md"])(
  "what %s links to is there",
  (file) => {
    const links = [...read(file).matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(([, path = ""]) => path);
    expect(links.filter((path) => !existsSync(resolve(ROOT, file, "..", path)))).toEqual([]);
  },
);

test("the map names every folder of the harness", () => {
  const entries = readdirSync(join(ROOT, "harness"), { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory() && entry.name !== "node_modules");
  const map = read("docs/architecture.md");
  expect(folders.map(({ name }) => `harness/${name}/`).filter((path) => !map.includes(`\`${path}\``))).toEqual([]);
});

type Kind = "emulated" | "inert" | "refused";

/** What a word of the table "What runs locally" stands for. */
const MEANINGS: Readonly<Record<Kind, readonly (readonly [words: string, types: RegExp])[]>> = {
  emulated: [
    ["HTTP APIs", /^aws:apigatewayv2\/(api|route|integration|deployment):/],
    ["stages", /^aws:apigatewayv2\/stage:/],
    ["JWT authorizers", /^aws:apigatewayv2\/authorizer:/],
    ["Lambda functions", /^aws:lambda\/function:/],
    ["invoke permissions", /^aws:lambda\/permission:/],
    ["IAM roles", /^aws:iam\/(role|policy|rolePolicy|rolePolicyAttachment|policyAttachment):/],
    ["DynamoDB tables", /^aws:dynamodb\/table:/],
    ["Cognito user pools", /^aws:cognito\/userPool:/],
    ["app clients", /^aws:cognito\/userPoolClient:/],
    ["groups", /^aws:cognito\/userGroup:/],
  ],
  inert: [
    ["log groups", /^aws:cloudwatch\/log|^aws:apigateway\/account:/],
    ["alarms", /^aws:cloudwatch\/(composite|metric)Alarm:/],
    ["dashboards and queries", /^aws:cloudwatch\/(dashboard|queryDefinition):/],
    ["custom domains", /^aws:apigatewayv2\/(apiMapping|domainName):/],
    ["certificates", /^aws:acm\//],
    ["DNS", /^aws:route53\//],
    ["CloudFront", /^aws:cloudfront\//],
    ["S3 buckets", /^aws:s3\//],
    ["SNS", /^aws:sns\//],
    ["SQS", /^aws:sqs\//],
    ["SSM parameters", /^aws:ssm\//],
    ["resource servers and log delivery of Cognito", /^aws:cognito\/(resourceServer|logDeliveryConfiguration):/],
    ["`random`", /^random:/],
    ["budgets", /^aws:budgets\//],
    ["trails", /^awsx?:cloudtrail/],
    ["resource groups", /^aws:resourcegroups\//],
    ["explicit providers", /^pulumi:providers:/],
  ],
  refused: [
    [
      "REST and WebSocket APIs",
      /^aws:apigateway\/|^aws:apigatewayv2\/(integrationResponse|model|routeResponse|routingRule):/,
    ],
    ["VPC links", /^aws:apigatewayv2\/vpcLink:/],
    ["identity pools", /^aws:cognito\/identityPool/],
    ["identity providers", /^aws:cognito\/identityProvider:/],
    ["hosted sign-in pages", /^aws:cognito\/(managed|userPoolDomain|userPoolUICustomization)/],
    [
      "every other resource type",
      /^aws:cognito\/(riskConfiguration|user|userInGroup):|^aws:dynamodb\/(kinesis|resourcePolicy|tableItem)/,
    ],
    ["global tables", /^aws:dynamodb\/(globalTable|tableReplica):/],
    ["IAM users and groups", /^aws:iam\/(accessKey|user|group)/],
    ["EventBridge rules and schedules", /^aws:(cloudwatch\/event|scheduler)/],
    ["aliases", /^aws:lambda\/(alias|provisionedConcurrencyConfig):/],
    ["event sources", /^aws:lambda\/eventSourceMapping:/],
    ["function URLs", /^aws:lambda\/functionUrl:/],
    ["layers", /^aws:lambda\/layerVersion:/],
    ["bucket notifications", /^aws:s3\/bucketNotification:/],
  ],
};

describe("the table of what runs locally", () => {
  const cells: Readonly<Record<Kind, string>> = {
    emulated: rowOf("**Emulated**"),
    inert: rowOf("**Inert**"),
    refused: rowOf("**Refused at start**"),
  };

  function rowOf(name: string): string {
    return rows(section("What runs locally")).find(([cell]) => cell.startsWith(name))?.[1] ?? "";
  }

  // A new row of inert.ts needs no word here: the cell links the file, which is the list.
  const linked = (type: string) => cells.inert.includes("(harness/resources/types/inert.ts)") && type in INERT_TYPES;

  test.each(["emulated", "inert", "refused"] as const)(
    "says all resource types that are %s, and says them so",
    (kind) => {
      expect(MEANINGS[kind].filter(([words]) => !cells[kind].includes(words))).toEqual([]);
      const types = [...RESOURCE_TYPES].filter(([, row]) => row.kind === kind).map(([type]) => type);
      const unsaid = types.filter((type) => !MEANINGS[kind].some(([, meant]) => meant.test(type)));
      expect(unsaid.filter((type) => kind !== "inert" || !linked(type))).toEqual([]);
      expect(MEANINGS[kind].filter(([, meant]) => !types.some((type) => meant.test(type)))).toEqual([]);
    },
  );
});
