import { expect, test } from "vitest";
import { readHttpApis } from "../../harness/apigateway/http-api-reader.ts";
import { faultCollector } from "../../harness/faults.ts";
import { eventsFor } from "../../harness/security/checks/ownership.ts";
import { routesUnderTest } from "../../harness/security/routes-under-test.ts";
import { httpApiGraph } from "../apigateway/support/graph.ts";

test.each([
  ["2.0", "1.0"],
  ["1.0", "2.0"],
])("a function that is given format %s is tried with claims where %s has them, and not with its own", (own, other) => {
  const graph = httpApiGraph({ integration: { payloadFormatVersion: own } });
  const [api] = readHttpApis(graph, faultCollector());
  const [route] = api === undefined ? [] : routesUnderTest(api, "http://localhost", true);
  if (route === undefined) throw new Error("no route");
  const names = Object.keys(eventsFor({} as never, "list", route, "owner", "id"));
  expect(names).toContain(`claims where format ${other} has them`);
  expect(names).not.toContain(`claims where format ${own} has them`);
});
