import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ROOT } from "./support/scratch-program.ts";
import { type Served, serveProgram } from "./support/served.ts";

let served: Served;
beforeAll(async () => {
  served = await serveProgram();
});
afterAll(() => served.close());

/** The README's code block in a language, which is tried here as it stands. */
function codeBlock(language: string): string {
  const readme = readFileSync(join(ROOT, "README.md"), "utf8");
  const code = new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``).exec(readme)?.[1];
  if (code === undefined) throw new Error(`the README has no ${language} block`);
  return code;
}

test("the README's browser code goes from sign-up to the first todo", async () => {
  const email = "readme@example.com";
  const sdk = await import("amazon-cognito-identity-js");
  const names = {
    ...sdk,
    userPoolId: served.userPoolId,
    userPoolClientId: served.clientId,
    awsEndpointUrl: served.awsEndpointUrl,
    apiUrl: served.apiUrl,
    email,
    password: "Correct-horse-7",
    askUserForCode: () => served.outbox().findLast((message) => message.to === email)?.code,
  };
  const [imported, ...code] = codeBlock("js").trim().split("\n");
  expect(imported).toMatch(/^import \{ .* \} from "amazon-cognito-identity-js";$/);
  expect(code.filter((line) => line !== "").length).toBeLessThanOrEqual(10);
  const parameters = Object.keys(names);
  const run = new Function(...parameters, `return (async () => {\n${code.join("\n")}\nreturn created;\n})();`);
  const created: Response = await run(...Object.values(names));
  expect(created.status).toBe(201);
  expect(await created.json()).toMatchObject({ title: "Buy milk", version: 1 });
});

interface Exchange {
  readonly command: string;
  readonly answer: string;
}

/** The tour's commands, each with the answer that the README shows under it. */
function tour(): readonly Exchange[] {
  return codeBlock("console")
    .split(/^\$ /m)
    .slice(1)
    .map((text) => {
      const [command = "", ...answer] = text.trimEnd().split("\n");
      return { command, answer: answer.join("\n") };
    });
}

/** Sends what a `curl` command of the tour sends: `-X`, `-H`, `-d` and an address of one of the two servers. */
async function curl(command: string, token: string): Promise<unknown> {
  const [address = ""] = /localhost:\S+/.exec(command) ?? [];
  const url = address.replace("localhost:3000", served.apiUrl).replace("localhost:4566", served.awsEndpointUrl);
  const header = /-H (["'])authorization: Bearer .*?\1/.test(command) ? { authorization: `Bearer ${token}` } : {};
  const body = /-d '(.*?)'/.exec(command)?.[1];
  const method = /-X (\w+)/.exec(command)?.[1] ?? "GET";
  const response = await fetch(url, { method, headers: header, ...(body === undefined ? {} : { body }) });
  return response.json();
}

/** An answer's members and fixed texts; ids and times are other ones each time. */
function shape(answer: unknown): unknown {
  return JSON.parse(JSON.stringify(answer), (_name, value: unknown) =>
    typeof value === "string" && /^([0-9a-f]{8}-[0-9a-f-]{27}|\d{4}-\d\d-\d\dT.*Z)$/.test(value) ? "…" : value,
  );
}

test("the README's tour gets the answers that it shows", async () => {
  const commands = tour();
  expect(commands).toHaveLength(4);
  for (const { command, answer } of commands) {
    const username = /--user (\w+)/.exec(command)?.[1] ?? "ana";
    const minted = await served.mintToken({ username, sub: username, tokenUse: "access" });
    if (!("token" in minted)) throw new Error(minted.refused);
    const seen = await curl(command, minted.token);
    // The journal is long: one of its entries is shown.
    const [, entry] = /…,(\{.*\}),…/.exec(answer) ?? [];
    if (entry === undefined)
      expect({ command, answer: shape(seen) }).toEqual({ command, answer: shape(JSON.parse(answer)) });
    else
      expect(entriesOf(seen)).toContainEqual({
        ...JSON.parse(entry),
        requestId: expect.any(String),
        at: expect.any(String),
      });
  }
});

function entriesOf(journal: unknown): readonly unknown[] {
  return (journal as { readonly entries: readonly unknown[] }).entries;
}
