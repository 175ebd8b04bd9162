import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { Lambda } from "@aws-sdk/client-lambda";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { type Served, serveProgram } from "../end-to-end/support/served.ts";
import { type Ministack, startMinistack } from "./support/ministack.ts";

const ministack = inject("ministack");
const reason = "missing" in ministack ? ` (skipped: ${ministack.missing})` : "";
const SHARED = { region: "eu-west-1", credentials: { accessKeyId: "test", secretAccessKey: "test" } };

describe.skipIf("missing" in ministack)(`the API here, its functions at an independent endpoint${reason}`, () => {
  let endpoint: Ministack;
  let served: Served;
  beforeAll(async () => {
    endpoint = await startMinistack("python" in ministack ? ministack.python : "", { enforcesIam: false });
    served = await serveProgram({ lambdaEndpointUrl: endpoint.url });
  });
  afterAll(async () => {
    await served?.close();
    await endpoint?.stop();
  });

  async function headersOf(username: string) {
    const minted = await served.mintToken({ username, sub: username });
    const token = "token" in minted ? minted.token : minted.refused;
    return { authorization: `Bearer ${token}`, "content-type": "application/json" };
  }

  const functionNames = async () => {
    const { Functions = [] } = await new Lambda({ ...SHARED, endpoint: endpoint.url }).listFunctions({});
    return Functions.map(({ FunctionName }) => FunctionName).toSorted();
  };

  test("asks for a token here, and runs nothing there without one", async () => {
    expect((await fetch(`${served.apiUrl}/todos`)).status).toBe(401);
    expect(served.invocations()).toEqual([]);
  });

  test("makes and lists a todo, which the endpoint's table holds", async () => {
    const headers = await headersOf("ana");
    const body = JSON.stringify({ title: "Buy milk" });
    const made = await fetch(`${served.apiUrl}/todos`, { method: "POST", headers, body });
    expect(made.status).toBe(201);
    const listed = await fetch(`${served.apiUrl}/todos`, { headers });
    expect(await listed.text()).toContain("Buy milk");
    const foreign = await fetch(`${served.apiUrl}/todos`, { headers: await headersOf("ben") });
    expect([foreign.status, await foreign.text()]).toEqual([200, expect.not.stringContaining("Buy milk")]);
    const { Items = [] } = await new DynamoDB({ ...SHARED, endpoint: endpoint.url }).scan({
      TableName: served.tableName,
    });
    expect(Items).toHaveLength(1);
    expect(served.invocations()).toHaveLength(3);
  });

  test("takes its functions away when it ends, and leaves the table with its items", async () => {
    expect(await functionNames()).toEqual(
      served
        .model()
        .functions.map(({ functionName }) => functionName)
        .toSorted(),
    );
    await served.close();
    expect(await functionNames()).toEqual([]);
    const { Table } = await new DynamoDB({ ...SHARED, endpoint: endpoint.url }).describeTable({
      TableName: served.tableName,
    });
    expect(Table?.TableStatus).toBe("ACTIVE");
  });
});
