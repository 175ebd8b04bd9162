import type { PolicyResource, Rule, Stack } from "./rule.ts";
import { at, isAboveZero, isPending, pending } from "./stack.ts";
import { types } from "./types.ts";

const logsEnd: Rule = {
  id: "logs-end",
  title: "Every log group, and so every function's and API's lines, is kept for a set time and no longer.",
  severity: "medium",
  remedy: "Create the log group with retentionInDays, and name it in the function's loggingConfig.",
  source: "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html",
  check: (stack) => [
    ...stack
      .ofType(types.logGroup)
      .filter(({ properties }) => !isPending(properties.retentionInDays) && !isAboveZero(properties.retentionInDays))
      .map((resource) => ({ resource, problem: "The log group keeps its lines for ever." })),
    ...stack
      .ofType(types.function)
      .filter(({ properties }) => at(properties, "loggingConfig", "logGroup") === undefined)
      .map((resource) => ({
        resource,
        problem: "Lambda makes the function's log group, and keeps its lines for ever.",
      })),
  ],
  failingExample: {
    resources: [{ type: types.logGroup, name: "items", properties: { retentionInDays: 0 } }],
    problem: "The log group keeps its lines for ever.",
  },
};

const stage = (properties: PolicyResource["properties"]): readonly PolicyResource[] => [
  {
    type: types.stage,
    name: "items",
    properties: {
      defaultRouteSettings: { throttlingRateLimit: 100, throttlingBurstLimit: 200 },
      accessLogSettings: { format: '{"requestId":"$context.requestId"}' },
      ...properties,
    },
  },
];

const stagesAreThrottled: Rule = {
  id: "stages-are-throttled",
  title: "A stage has a rate and a burst limit of its own.",
  severity: "medium",
  remedy: "Set defaultRouteSettings.throttlingRateLimit and throttlingBurstLimit.",
  source: "https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-throttling.html",
  check: (stack) =>
    httpStages(stack).flatMap((resource) => {
      const missing = ["throttlingRateLimit", "throttlingBurstLimit"].filter((name) => {
        const limit = at(resource.properties, "defaultRouteSettings", name);
        return limit !== pending && !isAboveZero(limit);
      });
      return missing.length === 0 ? [] : [{ resource, problem: `The stage has no ${missing.join(" and no ")}.` }];
    }),
  failingExample: {
    resources: stage({ defaultRouteSettings: { throttlingBurstLimit: 200 } }),
    problem: "The stage has no throttlingRateLimit.",
  },
};

const requestsAreLogged: Rule = {
  id: "requests-are-logged",
  title: "A stage logs each request with its id, without personal data.",
  severity: "medium",
  remedy: "Set accessLogSettings with a format that has $context.requestId and no header, e-mail address or name.",
  source: "https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html",
  check: (stack) =>
    httpStages(stack).flatMap((resource) => {
      const problem = logProblem(at(resource.properties, "accessLogSettings"));
      return problem === undefined ? [] : [{ resource, problem }];
    }),
  failingExample: {
    resources: stage({ accessLogSettings: { format: "$context.requestId $context.authorizer.claims.email" } }),
    problem: "The access log has $context.authorizer.claims.email, which is personal data.",
  },
};

function logProblem(settings: unknown): string | undefined {
  const format = at(settings, "format");
  if (format === pending) return undefined;
  if (typeof format !== "string") return "The stage keeps no access log.";
  const personal =
    /\$context\.authorizer\.(?:claims\.)?(?:email|phone_number|name|given_name|family_name|address)\b/.exec(format);
  if (personal !== null) return `The access log has ${personal[0]}, which is personal data.`;
  return format.includes("$context.requestId") || format.includes("$context.extendedRequestId")
    ? undefined
    : "The access log has no $context.requestId.";
}

function httpStages(stack: Stack): readonly PolicyResource[] {
  return stack.ofType(types.stage);
}

export const operationRules: readonly Rule[] = [logsEnd, stagesAreThrottled, requestsAreLogged];
