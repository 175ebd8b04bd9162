import { once } from "node:events";
import { createServer, type Server, request as sendOn } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Harness, startHarness } from "../../harness/harness.ts";
import type { Resource } from "../../harness/pulumi/resource-graph.ts";
import { parseCommandLine } from "./command-line.ts";
import { openAnswers } from "./open-rows.ts";
import { capture, type Replayed, replay } from "./replay.ts";
import { ECHO_STACK, evaluateEchoStack, readFixture } from "./support/echo-stack.ts";

describe("against the echo stack, served by the harness", () => {
  let harness: Harness;
  let targets: ReadonlyMap<string, URL>;
  let tokens: ReadonlyMap<string, string>;

  beforeAll(async () => {
    harness = await startHarness({ programDirectory: ECHO_STACK, port: 0, awsPort: 0, log: () => {} });
    const names = Object.keys(readFixture().apis);
    targets = new Map(
      names.flatMap((name) => {
        const found = harness.apis().find(({ api }) => api.declaredBy.replace(/^.* \d\d-/, "") === name);
        return found === undefined ? [] : [[name, new URL(found.url)] as const];
      }),
    );
    const mint = async (tokenUse: "access" | "id") => {
      const answer = await harness.mintToken({ username: "user-a", sub: "5f0c", tokenUse });
      if (!("token" in answer)) throw new Error(answer.refused);
      return answer.token;
    };
    tokens = new Map([
      ["access", await mint("access")],
      ["id", await mint("id")],
    ]);
  });
  afterAll(() => harness?.close());

  test("what is added for cases that AWS cannot be asked about changes nothing of what would be deployed", async () => {
    const { program } = await evaluateEchoStack(new Map());
    const { program: deployed } = harness.model();
    const found = deployed.graph.resources.map(({ type, name }) =>
      program.graph.ofType(type).find((resource) => resource.name === name),
    );
    const meaning = (resource: Resource | undefined) => [
      resource?.type,
      resource?.name,
      resource?.id,
      resource?.inputs,
    ];
    expect(found.map(meaning)).toEqual(deployed.graph.resources.map(meaning));
    expect(program.graph.resources.length).toBeGreaterThan(deployed.graph.resources.length);
  });

  const replayAll = async (chosen: ReadonlyMap<string, URL>, only?: string): Promise<readonly Replayed[]> =>
    replay({ targets: chosen, tokens, ...(only === undefined ? {} : { only }) });

  test.each([
    ["authorizer", 25],
    ["refusals", 8],
    ["event", 90],
    ["response", 60],
    ["format-1", 15],
    ["routing", 55],
    ["cors", 45],
    ["limits", 15],
    ["lambda", 40],
  ] as const)("no case of %s differs, and at least %i can be sent", async (section, least) => {
    const replayed = await replayAll(targets, `${section}/`);
    const others = replayed.filter(({ kind }) => kind === "different" || kind === "unanswered");
    expect(others.map((one) => [one.id, "differences" in one ? one.differences : one])).toEqual([]);
    expect(replayed.filter(({ kind }) => kind === "same").length).toBeGreaterThanOrEqual(least);
  });

  test.each([
    ["a status", "routing/no-match/GET /nope", "status: expected 404, saw 403", { status: 403 }],
    [
      "a header",
      "refusals/no-token/no header",
      'header www-authenticate: expected "Bearer", saw "bearer"',
      { header: ["www-authenticate", "bearer"] },
    ],
    ["a body", "response/text/a word", 'body: expected "Hello", saw "Hellp"', { body: ["Hello", "Hellp"] }],
    [
      "the event",
      "event/version/a GET",
      '/version: expected "2.0", saw "1.0"',
      { body: ['"version":"2.0"', '"version":"1.0"'] },
    ],
  ] as const)("a planted difference in %s is found", async (_name, id, difference, change) => {
    const target = targets.get("echo") ?? new URL("http://127.0.0.1:1");
    const proxy = await startProxy(target, change);
    try {
      const replayed = await replayAll(new Map([["echo", proxy.url]]), id);
      expect(replayed).toMatchObject([{ id, kind: "different", differences: expect.arrayContaining([difference]) }]);
      expect(capture(replayed, [])).toMatchObject([{ id, differences: expect.arrayContaining([difference]) }]);
    } finally {
      proxy.server.close();
    }
  });

  test("open rows get the target's answer in the form of a case, and settled rows get nothing", async () => {
    const replayed = [
      ...(await replayAll(targets, "routing/double-slash")),
      ...(await replayAll(targets, "routing/root")),
    ];
    expect(openAnswers(replayed, [...tokens.values()])).toEqual([
      "// routing/double-slash/GET /items//: as here",
      "status: 404,",
      'header: {"content-type":"application/json"},',
      'reply: "{\\"message\\":\\"Not Found\\"}",',
      "",
    ]);
    expect(JSON.stringify(openAnswers(await replayAll(targets, "authorizer/"), [...tokens.values()]))).not.toMatch(
      /eyJ/,
    );
  });

  test("a capture holds what was answered, and no token or secret", async () => {
    const replayed = [
      ...(await replayAll(targets, "event/authorization-header")),
      ...(await replayAll(targets, "lambda/environment/AWS_SESSION_TOKEN")),
    ];
    const captured = capture(replayed, [...tokens.values()]);
    const text = JSON.stringify(captured);
    expect(captured.map(({ id, status }) => [id, status])).toContainEqual([
      "event/authorization-header/a protected route",
      200,
    ]);
    expect(text).toContain("Bearer <token>");
    for (const token of tokens.values()) expect(text).not.toContain(token.split(".")[2]);
    expect(text).not.toMatch(/eyJ|"AWS_S[A-Z_]+\\":\\"(?!<secret>)/);
  });
});

test("a target that does not answer is told apart from one that differs", async () => {
  const replayed = await replay({
    targets: new Map([["echo", new URL("http://127.0.0.1:1")]]),
    tokens: new Map(),
    only: "event/version",
  });
  expect(replayed).toMatchObject([{ kind: "unanswered", reason: expect.stringContaining("ECONNREFUSED") }]);
});

test.each([
  [[], "local"],
  [["--help"], "help"],
  [["--target", "https://a.example"], "replay"],
  [["--target", "cors=https://a.example/"], "replay"],
  [["--nonsense"], "wrong"],
  [["--target", "ftp://a.example"], "wrong"],
  [["--target", "https://a.example/dev"], "wrong"],
  [["--target", "nowhere=https://a.example"], "wrong"],
  [["--only", "event"], "wrong"],
  [["--outputs", "no-such-file.json"], "wrong"],
  [["--target", "https://a.example", "--token", "admin=x"], "wrong"],
] as const)("the command line %j", (words, kind) => {
  expect(parseCommandLine(words).kind).toBe(kind);
});

interface Change {
  readonly status?: number;
  readonly header?: readonly [name: string, value: string];
  readonly body?: readonly [from: string, to: string];
}

/** Hands requests on and changes one thing in every answer. */
async function startProxy(target: URL, change: Change): Promise<{ readonly server: Server; readonly url: URL }> {
  const server = createServer((incoming, outgoing) => {
    const { method, url: path, headers } = incoming;
    const onward = sendOn(target, { method, path, headers }, async (answer) => {
      const chunks: Buffer[] = await answer.toArray();
      const [from, to] = change.body ?? ["", ""];
      const body = Buffer.concat(chunks).toString("utf8").replace(from, to);
      const sent = {
        ...answer.headers,
        ...(change.header === undefined ? {} : { [change.header[0]]: change.header[1] }),
      };
      outgoing.writeHead(change.status ?? answer.statusCode ?? 500, {
        ...sent,
        "content-length": Buffer.byteLength(body),
      });
      outgoing.end(body);
    });
    incoming.pipe(onward);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { server, url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`) };
}
