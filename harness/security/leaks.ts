import type { Answer, Subject } from "./subject.ts";

/** What an answer or a log line must not hold, and what to call it. */
export interface LeakRule {
  readonly what: string;
  readonly pattern: RegExp;
}

/** Any JSON Web Token: the point before its payload, with what stands around it. */
export const TOKEN = /[A-Za-z0-9_-]{10}\.eyJ[A-Za-z0-9_-]{4}/;

export const ACCESS_KEY = /\b(AKIA|ASIA)[A-Z0-9]{12}/;

/** No pattern may look further than a bounded way from where it began: a line can hold megabytes of one character. */
const GENERAL: readonly LeakRule[] = [
  { what: "a stack trace", pattern: /\sat .{1,200}:\d+:\d+|"stackTrace"|Traceback \(most recent/ },
  { what: "a path of the function's machine", pattern: /\/var\/task|\/var\/runtime|node_modules|file:\/\/\// },
  { what: "a path of this machine", pattern: /\/(home|Users|tmp|work|root)\/[a-z0-9._-]{1,255}\// },
  { what: "an ARN", pattern: /arn:aws[a-z-]*:/ },
  {
    what: "an error of the SDK's",
    pattern:
      /\b(ValidationException|ConditionalCheckFailedException|AccessDeniedException|ResourceNotFoundException|SerializationException|ProvisionedThroughputExceededException|UnrecognizedClientException)\b/,
  },
  {
    what: "an error of the language's",
    pattern:
      /\b(TypeError|ReferenceError|SyntaxError|RangeError)\b|is not a function|Cannot read propert|Unexpected token|in JSON at position/,
  },
  { what: "a token", pattern: TOKEN },
  { what: "an access key", pattern: ACCESS_KEY },
  { what: "an environment variable of Lambda's", pattern: /AWS_(SECRET|SESSION|ACCESS|LAMBDA)_/ },
];

/** General rules, and the names that this very program must keep to itself. */
export function leakRules({ model, local }: Subject): readonly LeakRule[] {
  const names = [
    ["the account's id", model.program.deployment.accountId],
    ...model.tables.map(({ name }) => ["the table's name", name]),
    ...model.functions.map(({ functionName }) => ["a function's name", functionName]),
    ...model.roles.all.map(({ name }) => ["a role's name", name]),
    ...(local?.secrets ?? []).map((secret) => ["a secret of the target's", secret]),
  ];
  return [...GENERAL, ...names.map(([what = "", name = ""]) => ({ what, pattern: new RegExp(literal(name)) }))];
}

const literal = (text: string) => text.replaceAll(/[\\^$.|?+*()[\]{}]/g, "\\$&");

export function leaksIn(text: string, rules: readonly LeakRule[]): readonly string[] {
  return [...new Set(rules.filter(({ pattern }) => pattern.test(text)).map(({ what }) => what))];
}

/** Headers that the gateway itself sends and that name what they must. */
const GATEWAYS_OWN: ReadonlySet<string> = new Set([
  "apigw-requestid",
  "www-authenticate",
  "date",
  "connection",
  "keep-alive",
]);

export function answerText({ headers, text }: Answer): string {
  const others = headers.filter(([name]) => !GATEWAYS_OWN.has(name.toLowerCase()));
  return [...others.map(([name, value]) => `${name}: ${value}`), text].join("\n");
}
