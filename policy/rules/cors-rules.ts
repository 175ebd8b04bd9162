import type { Environment, PolicyResource, Rule } from "./rule.ts";
import { at, textsOf } from "./stack.ts";
import { types } from "./types.ts";

const corsOriginsAreListed: Rule = {
  id: "cors-origins-are-listed",
  title: "CORS names each origin in full, by https outside development.",
  severity: "high",
  remedy: "List the origins of the pages that may call the API, such as https://app.example.com.",
  source: "https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html",
  check: (stack) =>
    stack.ofType(types.api).flatMap((api) =>
      corsLists(api).flatMap(({ list, values }) =>
        values.flatMap((value) => {
          const problem = corsProblem(list, value, stack.environment);
          return problem === undefined ? [] : [{ resource: api, problem }];
        }),
      ),
    ),
  failingExample: {
    resources: [
      {
        type: types.api,
        name: "items",
        properties: { corsConfiguration: { allowOrigins: ["*"], allowMethods: ["GET"] } },
      },
    ],
    problem: "CORS allowOrigins has *.",
  },
};

function corsLists({ properties }: PolicyResource) {
  return ["allowOrigins", "allowMethods", "allowHeaders", "exposeHeaders"].map((list) => ({
    list,
    values: textsOf(at(properties, "corsConfiguration", list)),
  }));
}

function corsProblem(list: string, value: string, environment: Environment): string | undefined {
  if (value.includes("*")) return `CORS ${list} has ${value}.`;
  if (list !== "allowOrigins" || value.startsWith("https://")) return undefined;
  const loopback = /^http:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/.test(value);
  if (loopback && environment === "development") return undefined;
  return loopback
    ? `CORS allowOrigins has ${value}, which is any program on a visitor's own machine.`
    : `CORS allowOrigins has ${value}, which is not encrypted.`;
}

export const corsRules: readonly Rule[] = [corsOriginsAreListed];
