import { CognitoIdentityProvider } from "@aws-sdk/client-cognito-identity-provider";
import { afterEach, expect } from "vitest";
import type { Clock } from "../../harness/clock.ts";
import { type Cognito, type CognitoOptions, createCognito } from "../../harness/cognito/cognito.ts";
import type { OutboxMessage } from "../../harness/cognito/outbox.ts";
import { systemRandom } from "../../harness/cognito/random.ts";
import { makeSigningKeys, type SigningKeys } from "../../harness/cognito/signing-keys.ts";
import { type Listener, listen } from "../../harness/http-server.ts";
import { memoryJournal } from "../../harness/journal.ts";
import { clientId, type PoolProgram, password, readPools } from "./cognito-program.ts";

export { allFlows, clientId, type PoolProgram, password, poolId, readPools, todoPool } from "./cognito-program.ts";

/** A clock that stands until it is moved. It starts at the real time, as real clients stamp their requests with that. */
export interface MovableClock extends Clock {
  advance(seconds: number): void;
}

export function movableClock(): MovableClock {
  let now = Date.now();
  return {
    nowMilliseconds: () => now,
    advance(seconds) {
      now += seconds * 1000;
    },
  };
}

export interface ServedCognito {
  readonly cognito: Cognito;
  readonly clock: MovableClock;
  readonly url: string;
  readonly defects: readonly unknown[];
  readonly journal: ReturnType<typeof memoryJournal>;
  /** The newest message to an address. */
  message(to: string): OutboxMessage;
  /** The newest code sent to an address. */
  code(to: string): string;
  close(): Promise<void>;
}

/** Signed requests are told by the access key alone: verifying signatures is another part's work. */
const allowAnySignature: CognitoOptions["verifySignedAdmin"] = (request) =>
  request.headers.some(([name, value]) => name.toLowerCase() === "authorization" && value.includes("AKIDADMIN"))
    ? { kind: "allowed", reason: "allowed by own#0", requestId: "gateway-request" }
    : { kind: "refused", name: "MissingAuthenticationTokenException", message: "Missing Authentication Token" };

const keysOfTests: Promise<SigningKeys>[] = [];

/** Keys take longest of a start, and hardly a test is about them: the first pool of each start has the same ones, and so on.
 * Pools of one start have different ones, as always. */
function sharedKeys(): () => Promise<SigningKeys> {
  let next = 0;
  return () => {
    const keys = keysOfTests[next] ?? makeSigningKeys(systemRandom);
    keysOfTests[next] = keys;
    next += 1;
    return keys;
  };
}

export async function serveCognito(
  program: PoolProgram = {},
  options: Partial<CognitoOptions> = {},
): Promise<ServedCognito> {
  const { pools, faults } = readPools(program);
  if (faults.faults.length > 0) throw new Error(JSON.stringify(faults.faults));
  const clock = movableClock();
  const defects: unknown[] = [];
  const journal = memoryJournal(clock);
  const cognito = await createCognito({
    pools,
    clock,
    journal,
    verifySignedAdmin: allowAnySignature,
    onMessage: () => undefined,
    onDefect: (error) => defects.push(error),
    makeKeys: sharedKeys(),
    ...options,
  });
  const listener: Listener = await listen({
    name: "the test",
    port: 0,
    clock,
    handler: (request) => cognito.handle(request),
    onDefect: (error) => defects.push(error),
  });
  const message = (to: string) => {
    const found = cognito.outbox().findLast((each) => each.to === to);
    if (found === undefined) throw new Error(`no message to ${to}`);
    return found;
  };
  return {
    cognito,
    clock,
    url: listener.url,
    defects,
    journal,
    message,
    code: (to) => message(to).code ?? "",
    async close() {
      await listener.close(0);
      await cognito.close();
    },
  };
}

/** The real SDK, pointed at the served pool. Its signatures carry the access key that counts as the administrator's. */
export function sdkFor(served: ServedCognito): CognitoIdentityProvider {
  return new CognitoIdentityProvider({
    region: "eu-west-1",
    endpoint: served.url,
    credentials: { accessKeyId: "AKIDADMIN", secretAccessKey: "secret" },
    maxAttempts: 1,
  });
}

/** A bare request, for what no SDK would send. */
export async function call(
  served: ServedCognito,
  operation: string,
  body: unknown,
): Promise<{ readonly status: number; readonly headers: Headers; readonly body: Readonly<Record<string, unknown>> }> {
  const response = await fetch(served.url, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": `AWSCognitoIdentityProviderService.${operation}`,
    },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Readonly<Record<string, unknown>>,
  };
}

/** Signs a user up and confirms with the code from the outbox. */
export async function signUpConfirmed(served: ServedCognito, email: string, client = clientId): Promise<string> {
  const sdk = sdkFor(served);
  const { UserSub } = await sdk.signUp({ ClientId: client, Username: email, Password: password });
  await sdk.confirmSignUp({ ClientId: client, Username: email, ConfirmationCode: served.code(email) });
  return UserSub ?? "";
}

export interface Tokens {
  readonly access: string;
  readonly id: string;
  readonly refresh: string;
}

export async function signIn(
  served: ServedCognito,
  username: string,
  secret = password,
  client = clientId,
): Promise<Tokens> {
  const { AuthenticationResult: result } = await sdkFor(served).initiateAuth({
    ClientId: client,
    AuthFlow: "USER_PASSWORD_AUTH",
    AuthParameters: { USERNAME: username, PASSWORD: secret },
  });
  return { access: result?.AccessToken ?? "", id: result?.IdToken ?? "", refresh: result?.RefreshToken ?? "" };
}

/** Name and message with which a call is refused; fails when it is not. */
export async function refusalOf(
  attempt: Promise<unknown>,
): Promise<{ readonly name: string; readonly message: string }> {
  const error = await attempt.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Error)) throw new Error("the call was not refused");
  return { name: error.name, message: error.message };
}

/** Serves pools for one test each: what a test opened is closed after it, and must have met no defect. */
export function servePerTest(): (program?: PoolProgram) => Promise<ServedCognito> {
  const open: ServedCognito[] = [];
  afterEach(async () => {
    for (const served of open.splice(0)) {
      expect(served.defects).toEqual([]);
      await served.close();
    }
  });
  return async (program) => {
    const served = await serveCognito(program);
    open.push(served);
    return served;
  };
}
