import { describe, expect, test } from "vitest";
import type { OutboxMessage } from "../harness/cognito/outbox.ts";
import { type HarnessView, harnessRoutes } from "../harness/harness-routes.ts";
import type { HeaderList, HttpResponse } from "../harness/http.ts";

function message(to: string, code: string, userPoolId = "pool"): OutboxMessage {
  const at = "2026-11-25T06:54:09.616Z";
  return { at, kind: "sign-up", medium: "EMAIL", to, userPoolId, username: to, subject: "", text: "", code };
}

const view: HarnessView = {
  health: () => ({ status: "ready" }),
  outbox: () => [
    message("ana+1@example.com", "111111"),
    message("Zoe@x.org", "222222"),
    message("Kim@x.org", "3", "strict"),
  ],
  journal: () => [],
  invocations: () => [],
  mintToken: async () => ({ token: "a.b.c" }),
  ignoresCase: (userPoolId) => userPoolId === "pool",
  secret: undefined,
};

interface Asked {
  readonly method?: string;
  readonly target: string;
  readonly headers?: HeaderList;
  readonly body?: string;
}

async function ask(asked: Asked, changes: Partial<HarnessView> = {}): Promise<HttpResponse> {
  return harnessRoutes({ ...view, ...changes })({
    method: asked.method ?? "GET",
    target: asked.target,
    headers: [["host", "localhost:4566"], ...(asked.headers ?? [])],
    body: Buffer.from(asked.body ?? ""),
    bodyTooLarge: false,
    sourceAddress: "127.0.0.1",
    receivedAtMilliseconds: 0,
  });
}

describe("the newest code of an address", () => {
  test.each([
    ["ana+1@example.com", "111111"],
    ["ana%2B1@example.com", "111111"],
    ["zoe@x.org", "222222"],
    ["Zoe@x.org", "222222"],
    ["Kim@x.org", "3"],
    ["kim@x.org", undefined],
    ["ana%201@example.com", undefined],
  ])("%s: %s", async (address, code) => {
    const answer = await ask({ target: `/_harness/outbox/code?to=${address}` });
    expect(answer).toMatchObject(code === undefined ? { status: 404 } : { status: 200, body: code });
    const listed = await ask({ target: `/_harness/outbox?to=${address}` });
    expect(JSON.parse(String(listed.body)).messages).toHaveLength(code === undefined ? 0 : 1);
  });
});

test.each(["user", "constructor", "__proto__"])("a token is not made with the unknown member %s", async (member) => {
  const body = `{"${member}":"zed"}`;
  const answer = await ask({ method: "POST", target: "/_harness/tokens", body });
  expect(answer.status).toBe(400);
  expect(answer.body).toContain(`There is no member ${member}. There are: userPoolId, clientId, sub, username`);
});

describe("with a secret", () => {
  const secret = "correct-horse";
  const routes: readonly Asked[] = [
    ...["health", "outbox", "outbox/code?to=ana%2B1@example.com", "journal", "invocations"].map((name) => ({
      target: `/_harness/${name}`,
    })),
    { method: "POST", target: "/_harness/tokens", body: "{}" },
  ];
  test.each(routes)("$target asks for it", async (route) => {
    const shown = (value: string): HeaderList => [["X-Harness-Secret", value]];
    for (const headers of [[], shown(""), shown("correct-hors"), shown("correct-horse2"), shown("CORRECT-HORSE")]) {
      const refused = await ask({ ...route, headers }, { secret });
      expect(refused.status).toBe(401);
      expect(refused.body).toContain("HARNESS_SECRET");
      expect(refused.body).not.toContain(secret);
    }
    expect((await ask({ ...route, headers: shown(secret) }, { secret })).status).toBe(200);
    expect((await ask(route)).status).toBe(200);
  });

  test("a page of another origin is refused all the same", async () => {
    const headers: HeaderList = [
      ["x-harness-secret", secret],
      ["origin", "https://evil.example"],
    ];
    expect((await ask({ target: "/_harness/outbox", headers }, { secret })).status).toBe(403);
  });
});
