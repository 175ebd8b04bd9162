import { spawn } from "node:child_process";
import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { CognitoJwtVerifier } from "aws-jwt-verify";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { CognitoOptions } from "../../harness/cognito/cognito.ts";
import { keptMessages } from "../../harness/cognito/kept-messages.ts";
import type { OutboxMessage } from "../../harness/cognito/outbox.ts";
import { committer, filePersistence } from "../../harness/cognito/store.ts";
import {
  clientId as ClientId,
  type PoolProgram,
  password,
  poolId,
  type ServedCognito,
  sdkFor,
  serveCognito,
  signIn,
  signUpConfirmed,
} from "../support/cognito-pool.ts";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "cognito-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const kept = (): Partial<CognitoOptions> => ({ persistence: filePersistence(directory) });
const serveKept = (program: PoolProgram = {}) => serveCognito(program, kept());
const file = () => join(directory, "cognito.json");

async function usernames(served: ServedCognito): Promise<readonly (string | undefined)[]> {
  const names: (string | undefined)[] = [];
  let PaginationToken: string | undefined;
  do {
    const page = await sdkFor(served).listUsers({ UserPoolId: poolId, PaginationToken });
    for (const { Attributes, UserStatus } of page.Users ?? []) {
      names.push(UserStatus === "CONFIRMED" ? Attributes?.find(({ Name }) => Name === "email")?.Value : undefined);
    }
    PaginationToken = page.PaginationToken;
  } while (PaginationToken !== undefined);
  return names;
}

describe("a restart", () => {
  test("keeps users, keys, groups, sessions and open codes: tokens from before verify and refresh", async () => {
    const before = await serveKept();
    await signUpConfirmed(before, "kept@example.com");
    await sdkFor(before).createGroup({ UserPoolId: poolId, GroupName: "made" });
    await sdkFor(before).adminAddUserToGroup({ UserPoolId: poolId, Username: "kept@example.com", GroupName: "made" });
    const tokens = await signIn(before, "kept@example.com");
    const ended = await signIn(before, "kept@example.com");
    await sdkFor(before).revokeToken({ Token: ended.refresh, ClientId });
    await sdkFor(before).signUp({ ClientId, Username: "half@example.com", Password: password });
    const ConfirmationCode = before.code("half@example.com");
    await before.close();

    const after = await serveKept();
    const sdk = sdkFor(after);
    const verifier = CognitoJwtVerifier.create({ userPoolId: poolId, clientId: ClientId, tokenUse: "access" });
    verifier.cacheJwks(JSON.parse(String((await after.cognito.wellKnown(`/${poolId}/.well-known/jwks.json`))?.body)));
    await verifier.verify(tokens.access);
    expect((await sdk.getUser({ AccessToken: tokens.access })).Username).toBeDefined();
    const refresh = (REFRESH_TOKEN: string) =>
      sdk.initiateAuth({ ClientId, AuthFlow: "REFRESH_TOKEN_AUTH", AuthParameters: { REFRESH_TOKEN } });
    const refreshed = await refresh(tokens.refresh);
    expect((await verifier.verify(refreshed.AuthenticationResult?.AccessToken ?? ""))["cognito:groups"]).toEqual([
      "made",
    ]);
    await expect(refresh(ended.refresh)).rejects.toThrow("Refresh Token has been revoked");
    await sdk.confirmSignUp({ ClientId, Username: "half@example.com", ConfirmationCode });
    await signIn(after, "kept@example.com");
    await after.close();
  });

  test("keeps no password, no code and no token in the file, which is its owner's alone", async () => {
    const served = await serveKept();
    await signUpConfirmed(served, "kept@example.com");
    await sdkFor(served).forgotPassword({ ClientId, Username: "kept@example.com" });
    const tokens = await signIn(served, "kept@example.com");
    const text = await readFile(file(), "utf8");
    for (const secret of [password, ...Object.values(tokens)]) expect(text).not.toContain(secret);
    for (const { code = "?" } of served.cognito.outbox()) expect(text).not.toContain(`"${code}"`);
    expect((await stat(file())).mode & 0o777).toBe(0o600);
    expect(await readdir(directory)).toEqual(["cognito.json"]);
    await served.close();
  });
});

describe("the outbox over a restart", () => {
  const path = () => join(directory, "outbox.jsonl");
  const serveBoth = () => serveCognito({}, { ...kept(), messages: keptMessages(directory) });
  const signUp = (served: ServedCognito, Username: string) =>
    sdkFor(served).signUp({ ClientId, Username, Password: password });

  test("has the code of who is not confirmed yet, once, for its owner alone", async () => {
    const before = await serveBoth();
    await signUp(before, "half@example.com");
    await before.close();
    const seen: OutboxMessage[] = [];
    const after = await serveCognito(
      {},
      { ...kept(), messages: keptMessages(directory), onMessage: (message) => seen.push(message) },
    );
    expect(after.cognito.outbox()).toEqual(before.cognito.outbox());
    expect(seen).toEqual([]);
    const ConfirmationCode = after.code("half@example.com");
    await sdkFor(after).confirmSignUp({ ClientId, Username: "half@example.com", ConfirmationCode });
    expect((await stat(path())).mode & 0o777).toBe(0o600);
    await after.close();
  });

  test("leaves out the line that a crash cut off, and goes on behind it", async () => {
    const before = await serveBoth();
    await signUp(before, "one@example.com");
    await before.close();
    await appendFile(path(), '{"to":"torn@example.com","code":"12');
    const after = await serveBoth();
    await signUp(after, "two@example.com");
    await after.close();
    const addresses = keptMessages(directory)
      .load(1000)
      .map(({ to }) => to);
    expect(addresses).toEqual(["one@example.com", "two@example.com"]);
  });

  test("keeps the newest messages alone", async () => {
    const served = await serveBoth();
    for (const name of ["a", "b", "c"]) await signUp(served, `${name}@example.com`);
    await served.close();
    expect(keptMessages(directory).load(2)).toHaveLength(2);
    expect((await readFile(path(), "utf8")).trim().split("\n")).toHaveLength(2);
  });

  test("a file that cannot be read is named", async () => {
    await mkdir(path());
    await expect(serveBoth()).rejects.toMatchObject({
      code: "DATA_DIRECTORY",
      message: `${path()} cannot be read (EISDIR). Move it away, or choose another --data directory.`,
    });
  });
});

describe("a file that is not a whole state of ours", () => {
  async function written(change: (text: string) => string): Promise<string> {
    await (await serveKept()).close();
    const text = change(await readFile(file(), "utf8"));
    await writeFile(file(), text);
    return text;
  }

  test.each<[string, (text: string) => string]>([
    ["cut short", (text) => text.slice(0, -10)],
    ["with a changed byte", (text) => text.replace('"users":[]', '"users":{}')],
    ["of another program", () => '{"users":[]}'],
    ["of another version", (text) => text.replace("cognito-state 1", "cognito-state 2")],
    ["that is empty", () => ""],
    ["of binary junk", () => "\u0000\u0001\u0002"],
  ])("%s stops the start with a clear error and is left as it is", async (_name, change) => {
    const text = await written(change);
    await expect(serveKept()).rejects.toMatchObject({ name: "HarnessError", code: "DATA_DIRECTORY" });
    await expect(serveKept()).rejects.toThrow(file());
    expect(await readFile(file(), "utf8")).toBe(text);
  });

  test("half written beside a whole one is of no account", async () => {
    const before = await serveKept();
    await signUpConfirmed(before, "whole@example.com");
    await before.close();
    await writeFile(`${file()}.new`, "cognito-state 1 half");
    const after = await serveKept();
    await signIn(after, "whole@example.com");
    await after.close();
  });
});

describe("kill -9 at any moment", () => {
  /** Kept between the rounds: a writer's time goes into starting, which is not what is tried. */
  let compileCache: string;
  beforeAll(async () => {
    compileCache = await mkdtemp(join(tmpdir(), "cognito-writer-"));
  });
  afterAll(() => rm(compileCache, { recursive: true, force: true }));

  const writer = join(import.meta.dirname, "../support/cognito-writer.ts");

  /** Lets the writer confirm some users, then kills it in the middle of whatever it does. */
  function writeUntilKilled(round: number): Promise<readonly string[]> {
    const flags = ["--disable-warning=MODULE_TYPELESS_PACKAGE_JSON"];
    const child = spawn(process.execPath, [...flags, writer, directory, String(round)], {
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...process.env, NODE_COMPILE_CACHE: compileCache },
    });
    const told: string[] = [];
    createInterface({ input: child.stdout }).on("line", (line) => {
      if (line !== "ready") told.push(line);
      // Milliseconds that differ by round, so that the kills fall into all phases of a write.
      if (told.length === 1 + (round % 3)) setTimeout(() => child.kill("SIGKILL"), (round * 7) % 23);
    });
    return new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (_code, signal) => {
        if (signal === "SIGKILL") resolve(told);
        else reject(new Error("the writer died by itself"));
      });
    });
  }

  const kills = Number(process.env.COGNITO_KILLS ?? 50);

  test(`${kills} times: every user who was told of confirmation is there, and the file is whole`, async () => {
    const told: string[] = [];
    for (let round = 0; round < kills; round += 1) {
      told.push(...(await writeUntilKilled(round)));
      const state = await filePersistence(directory).load();
      const users = new Map(state?.pools[poolId]?.users.map((user) => [user.attributes.email, user.status]));
      for (const email of told) expect([email, users.get(email)]).toEqual([email, "CONFIRMED"]);
    }
    expect(told.length).toBeGreaterThanOrEqual(kills);
    const served = await serveKept();
    const names = await usernames(served);
    expect(told.filter((email) => !names.includes(email))).toEqual([]);
    await served.close();
  }, 180_000);
});

describe("gathering changes into saves", () => {
  test("changes during a save go with the next one, and everybody waits for their own", async () => {
    const saves: number[] = [];
    let value = 0;
    const commits = committer(
      {
        load: async () => undefined,
        save: async () => {
          saves.push(value);
          await new Promise((resolve) => setImmediate(resolve));
        },
      },
      () => ({ pools: {} }),
    );
    const change = async (to: number) => {
      value = to;
      commits.changed();
      await commits.settled();
      expect(Math.max(...saves)).toBeGreaterThanOrEqual(to);
    };
    await Promise.all([1, 2, 3, 4].map(change));
    expect(saves.length).toBeLessThanOrEqual(2);
    await commits.settled();
    expect(saves.at(-1)).toBe(4);
  });

  test("a save that fails is told to whoever waits, and the next one carries the change", async () => {
    let broken = true;
    const commits = committer(
      {
        load: async () => undefined,
        save: async () => {
          if (broken) throw new Error("disk full");
        },
      },
      () => ({ pools: {} }),
    );
    commits.changed();
    await expect(commits.settled()).rejects.toThrow("disk full");
    broken = false;
    await commits.settled();
  });
});
