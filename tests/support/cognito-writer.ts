/** A process to be killed: signs users up and confirms them, saying so only once the answer is there. */
import { flushCompileCache } from "node:module";
import { createCognito } from "../../harness/cognito/cognito.ts";
import { filePersistence } from "../../harness/cognito/store.ts";
import type { HttpRequest } from "../../harness/http.ts";
import { memoryJournal } from "../../harness/journal.ts";
import { clientId, password, readPools } from "./cognito-program.ts";

const [, , directory = "", round = ""] = process.argv;
const clock = { nowMilliseconds: () => Date.now() };
const cognito = await createCognito({
  pools: readPools().pools,
  clock,
  journal: memoryJournal(clock),
  persistence: filePersistence(directory),
  verifySignedAdmin: () => ({ kind: "allowed", reason: "the test" }),
  onMessage: () => undefined,
  onDefect: (error) => process.stderr.write(`${String(error)}\n`),
});

async function send(operation: string, body: object): Promise<void> {
  const request: HttpRequest = {
    method: "POST",
    target: "/",
    headers: [["x-amz-target", `AWSCognitoIdentityProviderService.${operation}`]],
    body: Buffer.from(JSON.stringify(body)),
    bodyTooLarge: false,
    sourceAddress: "127.0.0.1",
    receivedAtMilliseconds: clock.nowMilliseconds(),
  };
  const response = await cognito.handle(request);
  if (response.status !== 200) throw new Error(`${operation}: ${String(response.body)}`);
}

// Node writes what it compiled at its end, which is never reached here.
flushCompileCache();
process.stdout.write("ready\n");
for (let index = 0; ; index += 1) {
  const Username = `user-${round}-${index}@example.com`;
  await send("SignUp", { ClientId: clientId, Username, Password: password });
  const { code = "" } = cognito.outbox().findLast(({ to }) => to === Username) ?? {};
  await send("ConfirmSignUp", { ClientId: clientId, Username, ConfirmationCode: code });
  process.stdout.write(`${Username}\n`);
}
