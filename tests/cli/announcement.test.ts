import { describe, expect, test } from "vitest";
import { readHttpApis } from "../../harness/apigateway/http-api-reader.ts";
import {
  type Announced,
  baseUrl,
  humanAnnouncement,
  machineAnnouncement,
  tourLines,
} from "../../harness/cli/announcement.ts";
import { faultCollector } from "../../harness/faults.ts";
import { type Changes, httpApiGraph } from "../apigateway/support/graph.ts";

function announced(changes: Changes = {}, more: Partial<Announced> = {}): Announced {
  const [api] = readHttpApis(httpApiGraph(changes), faultCollector());
  if (api === undefined) throw new Error("no API");
  return {
    apis: [{ api, url: "http://127.0.0.1:3000" }],
    awsEndpointUrl: "http://127.0.0.1:4566",
    region: "eu-west-1",
    stack: "dev",
    userPools: [{ id: "eu-west-1_AbCdEf123", clientIds: ["first", "second"], passwordClientId: "second" }],
    tableNames: ["orders-1", "customers-2"],
    functionNames: ["f-1"],
    readyMilliseconds: 612,
    asksForSecret: false,
    examples: new Map(),
    ...more,
  };
}

describe("where a client reaches an API", () => {
  test.each([
    ["$default", "http://x"],
    ["dev", "http://x/dev"],
  ])("stage %s: %s", (name, url) => {
    const [only] = announced({ stage: { name } }).apis;
    expect(only === undefined ? "" : baseUrl("http://x", only.api)).toBe(url);
  });
});

describe("the line for machines", () => {
  test("has the first of each", () => {
    expect(JSON.parse(machineAnnouncement(announced({ stage: { name: "dev" } })))).toEqual({
      apiUrl: "http://127.0.0.1:3000/dev",
      awsEndpointUrl: "http://127.0.0.1:4566",
      region: "eu-west-1",
      stack: "dev",
      userPoolId: "eu-west-1_AbCdEf123",
      userPoolClientId: "first",
      tableName: "orders-1",
      readyMilliseconds: 612,
    });
  });

  test("says null of what the program does not have", () => {
    const bare = announced({}, { apis: [], userPools: [], tableNames: [] });
    const line = machineAnnouncement(bare);
    expect(line).not.toContain("\n");
    expect(JSON.parse(line)).toMatchObject({ apiUrl: null, userPoolId: null, userPoolClientId: null, tableName: null });
  });
});

describe("the text for people", () => {
  test("names all that runs", () => {
    const text = humanAnnouncement(announced({}, { dataDirectory: "/data" }));
    for (const word of ["http://127.0.0.1:3000", "http://127.0.0.1:4566", "eu-west-1_AbCdEf123", "first, second"]) {
      expect(text).toContain(word);
    }
    for (const word of ["orders-1", "customers-2", "dev in eu-west-1, kept in /data", "Ready in 612 ms."]) {
      expect(text).toContain(word);
    }
    expect(humanAnnouncement(announced())).toContain("dev in eu-west-1, in memory");
  });

  test("says where tables are that another endpoint keeps", () => {
    const tablesAt = "http://localhost:4566";
    expect(humanAnnouncement(announced({}, { tablesAt }))).toContain(
      "users in memory, tables at http://localhost:4566",
    );
    expect(humanAnnouncement(announced({}, { tablesAt, dataDirectory: "/data" }))).toContain(
      "users kept in /data, tables at http://localhost:4566",
    );
  });

  test("leaves the tour out where no pool gives tokens for a route, or no route is for them", () => {
    const text = humanAnnouncement(announced({}, { userPools: [{ id: "p", clientIds: ["c"] }] }));
    expect(text).not.toContain("Try it");
    expect(tourLines(announced({}, { apis: [] }))).toEqual([]);
  });
});

describe("the tour", () => {
  const routeKey = "POST /orders";

  test("signs up, signs in with the client that takes passwords, and calls a protected route", () => {
    const lines = tourLines(announced({ route: { routeKey: "GET /orders" } }));
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatch(/SignUp.*"ClientId":"second".*_harness\/outbox\/code\?to=ana@example\.com.*ConfirmSignUp/);
    expect(lines[1]).toMatch(/^TOKEN=\$\(.*USER_PASSWORD_AUTH/);
    expect(lines[2]).toMatch(
      /^curl -sS -X GET http:\/\/127\.0\.0\.1:3000\/orders -H "authorization: Bearer \$\{TOKEN:\?[^}]+\}"$/,
    );
  });

  test("sends the body that the program names for a route, safe within the shell's quotes", () => {
    const examples = new Map([[routeKey, { title: "it's $(here)" }]]);
    const [, , line] = tourLines(announced({ route: { routeKey } }, { examples }));
    expect(line).toContain(`-X POST http://127.0.0.1:3000/orders`);
    expect(line).toContain(`-d '{"title":"it'\\''s $(here)"}'`);
  });

  const ownPool = { id: "eu-west-1_AbCdEf123", clientIds: ["first"] };
  const issuer = `https://cognito-idp.eu-west-1.amazonaws.com/${ownPool.id}`;
  const minting = (asksForSecret = false) =>
    tourLines(
      announced(
        {
          route: { routeKey: "GET /orders", authorizationScopes: ["orders/read", "orders/all"] },
          authorizer: { jwtConfiguration: { issuer, audiences: ["first"] } },
        },
        { userPools: [ownPool], asksForSecret },
      ),
    );

  test("mints a token that the route takes where no client signs in by password", () => {
    const lines = minting();
    expect(lines).toHaveLength(2);
    const wanted = { userPoolId: ownPool.id, clientId: "first", claims: { scope: "orders/read orders/all" } };
    expect(lines[0]).toMatch(/^TOKEN=\$\(curl -sS http:\/\/127\.0\.0\.1:4566\/_harness\/tokens /);
    expect(lines[0]).toContain(`-d '${JSON.stringify(wanted)}'`);
    expect(lines[0]).not.toContain("x-harness-secret");
    expect(minting(true)[0]).toContain('-H "x-harness-secret: $HARNESS_SECRET"');
    expect(lines[1]).toMatch(/^curl .*\/orders /);
  });

  test("has no example to show for a route with parameters alone", () => {
    expect(tourLines(announced({ route: { routeKey: "GET /orders/{id}" } }))).toEqual([]);
  });
});

test("what has no effect here is named, and the line is left out where there is nothing", () => {
  expect(humanAnnouncement(announced({}, { inert: ["MetricAlarm (2)", "awsx:cloudtrail:Trail"] }))).toMatch(
    /Without effect +MetricAlarm \(2\), awsx:cloudtrail:Trail\n/,
  );
  expect(humanAnnouncement(announced({}, { inert: [] }))).not.toContain("Without effect");
});
