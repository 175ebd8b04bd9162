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
