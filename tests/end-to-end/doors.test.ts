import { request as httpRequest } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { listeningPorts } from "../support/listening-ports.ts";
import { type Announcement, descendants, type RunningCommand, startServing } from "./support/command.ts";

const SECRET = "a todo that is nobody else's";

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Every answer's text; "" where nobody listens. */
function ask(host: string, port: number, { method, path, headers, body }: Sent): Promise<string> {
  return new Promise((resolve) => {
    const request = httpRequest({ host, port, method, path, headers, timeout: 5_000 });
    request.on("error", () => resolve(""));
    request.on("timeout", () => request.destroy());
    request.on("response", async (response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk as Buffer);
      resolve(`${response.statusCode} ${JSON.stringify(response.headers)} ${Buffer.concat(chunks)}`);
    });
    request.end(body);
  });
}

describe.runIf(process.platform === "linux").each([
  ["dynoxide", "thread"],
  ["dynalite", "process"],
] as const)("every door of a harness on %s with sandboxes in a %s", (engine, isolation) => {
  let command: RunningCommand & { readonly ready: Announcement };
  let token: string;
  beforeAll(async () => {
    command = await startServing(["--engine", engine, "--isolation", isolation, "--no-watch"]);
    const { awsEndpointUrl, apiUrl } = command.ready;
    const minted = await fetch(`${awsEndpointUrl}/_harness/tokens`, { method: "POST", body: '{"username":"ana"}' });
    token = ((await minted.json()) as { token: string }).token;
    const made = await fetch(`${apiUrl}/todos`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify({ title: SECRET }),
    });
    expect(made.status).toBe(201);
  });
  afterAll(() => command?.stop("SIGTERM"));

  const todos = async (): Promise<string> => {
    const answer = await fetch(`${command.ready.apiUrl}/todos`, { headers: { authorization: `Bearer ${token}` } });
    return answer.text();
  };
  const all = () => listeningPorts([command.pid, ...descendants(command.pid)]);

  test("is on the loopback, and besides the two that are announced none is where a page can look", () => {
    const announced = [command.ready.apiUrl, command.ready.awsEndpointUrl].map((url) => Number(new URL(url).port));
    const doors = all();
    expect(doors.every(({ host }) => host.startsWith("127."))).toBe(true);
    const guessable = doors.filter(({ host }) => host === "127.0.0.1").map(({ port }) => port);
    expect(guessable.toSorted()).toEqual(announced.toSorted());
    expect(doors.length).toBe(engine === "dynoxide" ? 3 : 2);
  });

  test("gives nothing and takes nothing without a key", async () => {
    const before = await todos();
    expect(before).toContain(SECRET);
    const table = String(command.ready.tableName);
    const operations = [
      ["Scan", { TableName: table }],
      ["PutItem", { TableName: table, Item: { userId: { S: "x" }, todoId: { S: "x" } } }],
      ["DeleteTable", { TableName: table }],
    ] as const;
    const signature =
      "AWS4-HMAC-SHA256 Credential=local/20200101/eu-west-1/dynamodb/aws4_request, SignedHeaders=host, Signature=local";
    const pointsOfView = (port: number): readonly Readonly<Record<string, string>>[] => [
      { "content-type": "application/x-amz-json-1.0" },
      { "content-type": "application/x-amz-json-1.0", authorization: signature, "x-amz-date": "20200101T000000Z" },
      { "content-type": "application/x-amz-json-1.0", authorization: signature, origin: "https://evil.example" },
      { "content-type": "text/plain", origin: "https://evil.example", "sec-fetch-site": "cross-site" },
      { "content-type": "application/x-amz-json-1.0", authorization: signature, host: `evil.example:${port}` },
    ];
    for (const { port } of all())
      for (const host of ["127.0.0.1", "localhost"])
        for (const headers of pointsOfView(port))
          for (const [operation, input] of operations) {
            const target = { "x-amz-target": `DynamoDB_20120810.${operation}` };
            const answer = await ask(host, port, {
              method: "POST",
              path: "/",
              headers: { ...headers, ...target },
              body: JSON.stringify(input),
            });
            expect(answer).not.toMatch(/^2\d\d /);
            expect(answer).not.toContain(SECRET);
          }
    expect(await todos()).toBe(before);
  });

  test("shows a page neither todos, tokens nor codes", async () => {
    const paths = ["/", "/todos", "/_harness/outbox", "/_harness/journal", "/_harness/invocations", "/_harness/tokens"];
    for (const { port } of all())
      for (const path of paths)
        for (const method of ["GET", "POST"])
          for (const headers of [{ origin: "https://evil.example" }, { host: `evil.example:${port}` }]) {
            const answer = await ask("127.0.0.1", port, {
              method,
              path,
              headers,
              ...(method === "POST" ? { body: "{}" } : {}),
            });
            expect(answer).not.toMatch(/^2\d\d /);
            expect(answer).not.toContain(SECRET);
          }
  });
});
