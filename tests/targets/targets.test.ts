import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { endpointTarget } from "../../harness/targets/endpoint.ts";
import { handlersTarget, type LocalTarget, localTarget } from "../../harness/targets/local.ts";
import { CAPABILITIES, isShown, type Shown, type SignedIn, type Target } from "../../harness/targets/target.ts";
import { urlTarget } from "../../harness/targets/url.ts";
import { ROOT } from "../end-to-end/support/scratch-program.ts";
import { todoEvent } from "../support/todo-event.ts";

function shown<Ask extends object>(capability: Shown<Ask>): Ask {
  if (isShown(capability)) return capability;
  throw new Error(capability.notShown);
}

const notShown = (target: Target) => CAPABILITIES.filter((name) => !isShown(target[name]));
const text = (body: Buffer) => body.toString();

let local: LocalTarget;
beforeAll(async () => {
  local = await localTarget({ programDirectory: ROOT });
});
afterAll(() => local?.close());

const bearer = ({ accessToken }: SignedIn) => ["Authorization", `Bearer ${accessToken}`] as const;

async function create(target: Target, person: SignedIn, title: string) {
  const answer = await shown(target.send)({
    method: "POST",
    target: "/todos",
    headers: [bearer(person), ["Content-Type", "application/json"]],
    body: JSON.stringify({ title }),
  });
  return { answer, todo: JSON.parse(text(answer.body)) as { readonly todoId: string } };
}

describe("the local target", () => {
  test("shows all", () => expect(notShown(local)).toEqual([]));

  test("signs two people in, and the same name is the same person", async () => {
    const ana = await shown(local.signIn)("ana");
    const again = await shown(local.signIn)("ana");
    const ben = await shown(local.signInSecond)("ben");
    expect(again.sub).toBe(ana.sub);
    expect(ben.sub).not.toBe(ana.sub);
  });

  test("shows that a refused request ran no function, and why it was refused", async () => {
    const answer = await shown(local.send)({ method: "GET", target: "/todos" });
    expect(answer.status).toBe(401);
    const requestId = answer.requestId ?? "";
    expect(await shown(local.invocationsOf)(requestId)).toEqual([]);
    expect(await shown(local.observationsOf)(requestId)).toEqual([]);
    expect(await shown(local.journalOf)(requestId)).toContainEqual(
      expect.objectContaining({ step: "authorizer", outcome: "denied" }),
    );
  });

  test("shows which items a request wrote and read", async () => {
    const ana = await shown(local.signIn)("ana");
    const { answer, todo } = await create(local, ana, "seen");
    const key = { userId: { S: ana.sub }, todoId: { S: todo.todoId } };
    const [tableName = ""] = await shown(local.tableNames)();
    const [written, ...others] = await shown(local.observationsOf)(answer.requestId ?? "");
    expect(others).toEqual([]);
    expect(written).toMatchObject({ operation: "PutItem", input: { Item: key }, outcome: "executed" });
    const list = await shown(local.send)({ method: "GET", target: "/todos", headers: [bearer(ana)] });
    const [read, ...more] = await shown(local.observationsOf)(list.requestId ?? "");
    expect(more).toEqual([]);
    expect(read).toMatchObject({ operation: "Query", outcome: "executed", answer: { status: 200 } });
    const { Items: items } = JSON.parse(read?.answer?.body ?? "") as { readonly Items: readonly unknown[] };
    expect(items).toContainEqual(expect.objectContaining(key));
    expect(await shown(local.rawItems)(tableName)).toContainEqual(expect.objectContaining(key));
    expect(await shown(local.invocationsOf)(list.requestId ?? "")).toHaveLength(1);
  });

  test("sends a path and headers as they stand", async () => {
    const ana = await shown(local.signIn)("ana");
    const send = shown(local.send);
    const encoded = await send({ method: "GET", target: "/todos/a%2Fb", headers: [bearer(ana)] });
    expect(encoded.status).toBe(404);
    expect(await shown(local.invocationsOf)(encoded.requestId ?? "")).toEqual([]);
    const twice = await send({ method: "GET", target: "/todos", headers: [bearer(ana), bearer(ana)] });
    expect(twice.status).toBe(401);
    expect((await send({ method: "GET", target: "/to dos" })).status).toBe(400);
  });

  test("lets a token expire by moving its clock", async () => {
    const token = await shown(local.mintToken)({ username: "ana", expiresInSeconds: 60 });
    const ask = () =>
      shown(local.send)({ method: "GET", target: "/todos", headers: [["authorization", `Bearer ${token}`]] });
    expect((await ask()).status).toBe(200);
    shown(local.clock).advance(61_000);
    expect((await ask()).status).toBe(401);
  });
});

test("a pool that takes no passwords is signed in to by proof of the password", async () => {
  const target = await localTarget({ programDirectory: ROOT, configuration: { allowPasswordAuth: "false" } });
  try {
    const ana = await shown(target.signIn)("ana");
    expect((await create(target, ana, "by SRP")).answer.status).toBe(201);
  } finally {
    await target.close();
  }
});

describe("the handlers target", () => {
  let handlers: LocalTarget;
  beforeAll(async () => {
    handlers = await handlersTarget({ programDirectory: ROOT });
  });
  afterAll(() => handlers?.close());

  test("has no gateway, and says so", () => {
    expect(handlers.apis).toEqual([]);
    expect(notShown(handlers)).toEqual(["send", "signIn", "signInSecond", "mintToken"]);
  });

  test("gives an event to a route's function, and shows what it did", async () => {
    const routes = await shown(handlers.routes)();
    const functionArn = routes.find(({ routeKey }) => routeKey === "POST /todos")?.functionArn ?? "";
    const event = todoEvent({ call: "POST /todos", sub: "ana", body: '{"title":"by event"}' });
    const result = await shown(handlers.invoke)({ functionArn, payload: JSON.stringify(event) });
    expect(result).toMatchObject({ kind: "returned", payload: expect.stringContaining('"statusCode":201') });
    expect(await shown(handlers.observationsOf)(result.requestId)).toMatchObject([
      { operation: "PutItem", input: { Item: { userId: { S: "ana" } } }, outcome: "executed" },
    ]);
  });
});

describe("the URL target", () => {
  test("sees what any client sees, and says what it does not", async () => {
    const [{ url = "" } = {}] = local.apis;
    const target = urlTarget({ url: `${url}/` });
    expect(notShown(target)).toEqual(CAPABILITIES.filter((name) => name !== "send"));
    expect((await shown(target.send)({ method: "GET", target: "/todos" })).status).toBe(401);
    await target.close();
  });

  test("says what does not answer", async () => {
    const target = urlTarget({ url: "http://127.0.0.1:9" });
    await expect(shown(target.send)({ method: "GET", target: "/" })).rejects.toThrow(/127\.0\.0\.1:9 does not answer/);
  });

  const pool = () => {
    const { harness } = local;
    const [userPool] = harness.model().userPools;
    return {
      userPoolId: userPool?.id ?? "",
      clientId: [...(userPool?.clients.keys() ?? [])][0] ?? "",
      region: harness.model().program.deployment.region,
      endpointUrl: harness.awsEndpointUrl,
      credentials: harness.administrator,
    };
  };

  test("makes users where none are given, and removes them", async () => {
    const target = urlTarget({ url: local.apis[0]?.url ?? "", userPool: pool() });
    const zoe = await shown(target.signIn)("zoe");
    const { answer } = await create(target, zoe, "from afar");
    expect(answer.status).toBe(201);
    await target.close();
    const given = new Map([["zoe", { username: zoe.username, password: "Correct-horse-battery-7" }]]);
    const later = urlTarget({ url: local.apis[0]?.url ?? "", userPool: pool(), given });
    await expect(shown(later.signIn)("zoe")).rejects.toThrow(/NotAuthorizedException|UserNotFoundException/);
    expect(notShown(later)).toContain("signInSecond");
    await expect(shown(later.signIn)("yan")).rejects.toThrow("No user yan is given; there are: zoe.");
    await later.close();
  });
});

describe("the endpoint target", () => {
  test("asks an endpoint's pool, table and API", async () => {
    const { harness } = local;
    const { deployment } = harness.model().program;
    const [userPool] = harness.model().userPools;
    const target = endpointTarget({
      facts: {
        region: deployment.region,
        apis: local.apis,
        tableNames: await shown(local.tableNames)(),
        userPool: { userPoolId: userPool?.id ?? "", clientId: [...(userPool?.clients.keys() ?? [])][0] ?? "" },
      },
      credentials: harness.administrator,
      endpointUrl: harness.awsEndpointUrl,
    });
    expect(notShown(target)).toEqual(["routes", "mintToken", "invocationsOf", "observationsOf", "journalOf", "clock"]);
    const ina = await shown(target.signIn)("ina");
    const [tableName = ""] = await shown(target.tableNames)();
    expect((await create(target, ina, "through the gateway")).answer.status).toBe(201);
    const rows = await shown(target.rawItems)(tableName);
    expect(rows).toContainEqual(expect.objectContaining({ userId: { S: ina.sub } }));
    await target.close();
  });
});
