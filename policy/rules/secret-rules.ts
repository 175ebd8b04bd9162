import type { PolicyResource, Rule, Violation } from "./rule.ts";
import { types } from "./types.ts";

interface Text {
  readonly path: string;
  readonly text: string;
}

interface Pattern {
  readonly name: string;
  readonly pattern: RegExp;
}

/** What is secret by its own form, wherever it stands. */
const secretPatterns: readonly Pattern[] = [
  { name: "an AWS access key", pattern: /(?<![A-Za-z0-9])A(?:KIA|SIA)[A-Z2-7]{16}(?![A-Za-z0-9])/ },
  { name: "a private key", pattern: /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/ },
  { name: "a signed token", pattern: /(?<![\w-])eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{20,}/ },
  { name: "a password in an address", pattern: /\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@]+:[^\s/@]+@/ },
  { name: "a GitHub token", pattern: /(?<![A-Za-z0-9])gh[pousr]_[A-Za-z0-9]{36}/ },
  { name: "a Slack token", pattern: /(?<![A-Za-z0-9])xox[abprs]-[A-Za-z0-9-]{10,}/ },
];

/** Names under which a value is a secret, whatever its form. */
const secretName =
  /(?:^|[_.])(?:\w*_)?(?:PASSWORD|PASSWD|SECRET|API_?KEY|PRIVATE_?KEY|ACCESS_?KEY|TOKEN|CREDENTIALS?)$/i;

const example = (variables: Readonly<Record<string, string>>): readonly PolicyResource[] => [
  {
    type: types.function,
    name: "list",
    properties: { loggingConfig: { logGroup: "list" }, environment: { variables } },
  },
];

const inputsHoldNoSecret: Rule = {
  id: "inputs-hold-no-secret",
  title: "No input of a resource holds a secret: whoever can read the configuration could use it.",
  severity: "critical",
  remedy: "Keep it in AWS Secrets Manager, and let the function read it from there by its ARN.",
  source: "https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html",
  check: (stack) => stack.resources.flatMap((resource) => [...secretTexts(resource), ...secretVariables(resource)]),
  failingExample: {
    resources: example({ LEGACY_KEY_ID: "AKIAIOSFODNN7EXAMPLE" }),
    problem: "environment.variables.LEGACY_KEY_ID holds an AWS access key.",
  },
};

function secretTexts(resource: PolicyResource): readonly Violation[] {
  return textsIn(resource.properties).flatMap(({ path, text }) =>
    secretPatterns
      .filter(({ pattern }) => pattern.test(text))
      .map(({ name }) => ({ resource, problem: `${path} holds ${name}.` })),
  );
}

/** An ARN says where a secret is, and is none. */
function secretVariables(resource: PolicyResource): readonly Violation[] {
  if (resource.type !== types.function) return [];
  return textsIn(resource.properties)
    .filter(
      ({ path, text }) =>
        path.startsWith("environment.variables.") && secretName.test(path) && !/^(?:arn:|$)/.test(text),
    )
    .map(({ path }) => ({ resource, problem: `${path} is a secret by its name.` }));
}

/** Paths of home and temporary folders on the machine that deploys. */
const machinePath =
  /(?<![\w.:/-])(?:\/home\/[\w.-]+|\/Users\/[\w.-]+|\/root|\/tmp|\/private\/var\/folders|[A-Za-z]:\\{1,2}Users\\{1,2}[\w.-]+)[\\/]/;

const inputsHoldNoMachineValue: Rule = {
  id: "inputs-hold-no-machine-value",
  title: "No input of a resource comes from the machine that deploys: another machine would deploy another stack.",
  severity: "medium",
  remedy: "Take the value from the stack's configuration.",
  source: "https://www.pulumi.com/docs/iac/concepts/config/",
  check: (stack) =>
    stack.resources.flatMap((resource) =>
      textsIn(resource.properties).flatMap(({ path, text }) => {
        const found = machinePath.exec(text);
        return found === null ? [] : [{ resource, problem: `${path} holds ${found[0]}.` }];
      }),
    ),
  failingExample: {
    resources: example({ CACHE: "/home/someone/cache" }),
    problem: "environment.variables.CACHE holds /home/someone/.",
  },
};

/** Every text in a resource's properties, with its path. Code in packages is text as well. */
function textsIn(value: unknown, path = ""): readonly Text[] {
  if (typeof value === "string") return [{ path, text: value }];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => textsIn(inner, path === "" ? name : `${path}.${name}`));
}

export const secretRules: readonly Rule[] = [inputsHoldNoSecret, inputsHoldNoMachineValue];
