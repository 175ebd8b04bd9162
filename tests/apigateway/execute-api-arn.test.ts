import { expect, test } from "vitest";
import { executeApiArn } from "../../harness/apigateway/execute-api-arn.ts";
import { parseRouteKey } from "../../harness/apigateway/route-key.ts";

test.each([
  [
    "aws",
    "GET /todos/{todoId}",
    "$default",
    "arn:aws:execute-api:eu-west-1:123456789012:apiid/$default/GET/todos/{todoId}",
  ],
  ["aws", "ANY /{proxy+}", "dev", "arn:aws:execute-api:eu-west-1:123456789012:apiid/dev/*/{proxy+}"],
  ["aws", "GET /", "dev", "arn:aws:execute-api:eu-west-1:123456789012:apiid/dev/GET/"],
  ["aws-cn", "$default", "$default", "arn:aws-cn:execute-api:eu-west-1:123456789012:apiid/$default/$default"],
])("in the partition %s, %s on stage %s is %s", (partition, routeKey, stage, expected) => {
  const parsed = parseRouteKey(routeKey);
  if ("fault" in parsed) throw new Error(parsed.fault);
  const functionArn = `arn:${partition}:lambda:eu-west-1:123456789012:function:f`;
  const place = { region: "eu-west-1", accountId: "123456789012", apiId: "apiid", stage };
  expect(executeApiArn({ functionArn, ...place, key: parsed.key })).toBe(expected);
});
