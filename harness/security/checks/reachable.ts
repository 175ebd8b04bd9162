import { executeApiArn } from "../../apigateway/execute-api-arn.ts";
import type { HttpApi, Route, Stage } from "../../apigateway/http-api.ts";
import type { Model } from "../../model.ts";
import { type Check, notApplicable, type Trial } from "../check.ts";

/** What stands in the program and answers nothing is no control, and hides mistakes. */
const served: Check = {
  id: "configuration.routes-are-served",
  title: "Every route leads to a function that its API may invoke, through a stage that is deployed",
  threat: { cwe: ["CWE-693", "CWE-441"], owasp: ["API8:2023", "API9:2023"], asvs: ["V13"] },
  sends: "Nothing: routes, integrations, stages and permissions are looked at.",
  holds: "No route without a target, no stage without a deployment, no function that its route may not invoke.",
  run({ model }) {
    const routes = model.apis.flatMap((api) => api.routes.map((route) => ({ api, route })));
    if (routes.length === 0) return notApplicable("the program has no route");
    return [...routes.map(({ api, route }) => routeTrial(model, api, route)), ...model.apis.flatMap(stageTrials)];
  },
};

function routeTrial(model: Model, api: HttpApi, route: Route): Trial {
  const fault = routeFault(model, api, route);
  return {
    attack: `${route.routeKey}: its way to a function`,
    verdict: fault === undefined ? "held" : "breached",
    evidence: fault ?? "the stage is deployed, and the function may be invoked",
    resource: route.declaredBy,
  };
}

function routeFault(model: Model, api: HttpApi, { target, key }: Route): string | undefined {
  if (target.kind === "dangling") return target.reason;
  const stage = api.stages.find(({ deployed }) => deployed);
  if (stage === undefined) return "the API has no stage that is deployed";
  const { region, accountId } = model.program.deployment;
  const { functionArn } = target;
  const arn = executeApiArn({ functionArn, region, accountId, apiId: api.apiId, stage: stage.name, key });
  const decision = model.permissions.mayInvoke(functionArn, arn);
  return decision.kind === "Allowed"
    ? undefined
    : "the function's policy does not let the API invoke it from this route";
}

function stageTrials({ stages }: HttpApi): readonly Trial[] {
  return stages.map((stage): Trial => {
    const fault = stageFault(stage);
    return {
      attack: `the stage ${stage.name}`,
      verdict: fault === undefined ? "held" : "breached",
      evidence: fault ?? "deployed",
      resource: stage.declaredBy,
    };
  });
}

function stageFault({ name, deployed }: Stage): string | undefined {
  if (!deployed) return "nothing deploys it: set autoDeploy, or deploy";
  if (name !== "default") return undefined;
  return "it is called default, which is a path segment and not the stage without one: call it $default";
}

export const reachable: readonly Check[] = [served];
