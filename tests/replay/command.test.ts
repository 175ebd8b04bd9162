import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseCommandLine } from "../../harness/cli/command-line.ts";
import { runReplay } from "../../harness/replay/command.ts";
import type { Outcome } from "../../harness/replay/replay.ts";
import { ROOT } from "../end-to-end/support/scratch-program.ts";

const FILES = ["isolation", "routes", "troubles", "unauthorized"].map((name) => join(ROOT, `events/${name}.json`));
const EXPECTED = join(ROOT, "events/expected/all.json");

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "replay-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function replay(words: readonly string[], standardInput = "") {
  const printed: string[] = [];
  const errors: string[] = [];
  const command = parseCommandLine(["replay", ...words, "--program", ROOT]);
  if (command.name !== "replay") throw new Error("no replay");
  const code = await runReplay(command.options, {
    print: (text) => printed.push(text),
    printError: (text) => errors.push(text),
    readStandardInput: async () => standardInput,
    nowMilliseconds: () => Date.now(),
  });
  return { code, printed: printed.join("\n"), errors: errors.join("\n") };
}

const outcomes = (printed: string) => JSON.parse(printed) as readonly Outcome[];

async function recordedEvent(name: string): Promise<string> {
  const cases = JSON.parse(await readFile(join(ROOT, "events/routes.json"), "utf8")) as readonly {
    readonly name: string;
    readonly event: unknown;
  }[];
  return JSON.stringify(cases.find((one) => one.name === name)?.event);
}

describe("the repository's events", () => {
  test.each(["local", "handlers"])("end on %s as they should", async (target) => {
    const { code, errors } = await replay([...FILES, "--target", target, "--as", "self", "--expect", EXPECTED]);
    expect(errors).toBe(`${JSON.parse(await readFile(EXPECTED, "utf8")).length} events replayed, all as expected.`);
    expect(code).toBe(0);
  });

  test("an expectation that is not met is told, and fails", async () => {
    const file = join(folder, "expected.json");
    await writeFile(file, JSON.stringify([{ name: "standard input", status: 201 }]));
    const { code, errors } = await replay(
      ["-", "--as", "ana", "--expect", file],
      await recordedEvent("ana lists todos"),
    );
    expect(errors).toMatch(/Different: standard input: status 200 in place of 201/);
    expect(code).toBe(1);
  });
});

describe("an event whose token has expired", () => {
  test("is 401 and says why; with --as it runs", async () => {
    const event = await recordedEvent("ana lists todos");
    const stale = await replay(["-", "--json"], event);
    expect(outcomes(stale.printed)).toMatchObject([
      { sent: "gateway", status: 401, functionRan: false, note: expect.stringMatching(/signature was removed.*--as/) },
    ]);
    const fresh = await replay(["-", "--json", "--as", "ana"], event);
    expect(outcomes(fresh.printed)).toMatchObject([{ status: 200, functionRan: true }]);
  });

  test("is recorded as the gateway made it, with a token that nobody can use", async () => {
    const file = join(folder, "recorded.json");
    await replay(["-", "--as", "ana", "--record", file], await recordedEvent("ana lists todos"));
    const [event] = JSON.parse(await readFile(file, "utf8")) as readonly Record<string, never>[];
    expect(event).toMatchObject({ version: "2.0", routeKey: "GET /todos", requestContext: { authorizer: {} } });
    expect(JSON.stringify(event?.headers)).toMatch(/\.signature-removed"/);
    const again = await replay([file, "--json", "--as", "self"]);
    expect(outcomes(again.printed)).toMatchObject([{ status: 200 }]);
  });
});

describe("what cannot be replayed", () => {
  test.each([
    ['{"version":"1.0"}', /payload format 1\.0/],
    ["[]", /no event/],
    [
      JSON.stringify({ event: { version: "2.0", rawPath: "/{{x}}", requestContext: { http: { method: "GET" } } } }),
      /\{\{x\}\}/,
    ],
  ])("%s is said, and fails", async (text, note) => {
    const { code, printed } = await replay(["-", "--json", "--target", "http://127.0.0.1:9"], text);
    expect(outcomes(printed)).toMatchObject([{ sent: "no", note: expect.stringMatching(note) }]);
    expect(code).toBe(1);
  });

  test("a target without functions to ask says so", async () => {
    const event = await recordedEvent("ana lists todos");
    const { printed } = await replay(["-", "--json", "--target", "http://127.0.0.1:9", "--through", "invoke"], event);
    expect(outcomes(printed)).toMatchObject([
      { sent: "no", note: expect.stringMatching(/Only the API's URL is known/) },
    ]);
  });

  test.each([
    [["-", "--target", "nowhere"], /--target takes local, handlers, endpoint/],
    [["-", "--target", "endpoint"], /needs a file that describes the stack.*pulumi stack export/],
    [["-", "--target", "endpoint", "--outputs", "/nowhere.json"], /\/nowhere\.json cannot be read/],
    [["-", "--target", "handlers", "--record", "x"], /--record writes what the local gateway saw/],
    [["/nowhere/events.json"], /events file \/nowhere\/events\.json cannot be read/],
    [["-", "--expect", "/nowhere.json"], /expectations file \/nowhere\.json cannot be read/],
  ])("%j is refused in a sentence", async (words, reason) => {
    await expect(replay(words)).rejects.toThrow(reason);
  });

  test.each([
    [[], /needs a file with events/],
    [["-", "--through", "nothing"], /--through takes gateway or invoke/],
    [["-", "--endpoint-url", "x"], /--endpoint-url takes an http/],
    [["-", "--nonsense"], /Unknown option '--nonsense'/],
  ])("%j is wrong on the command line", (words, reason) => {
    expect(() => parseCommandLine(["replay", ...words])).toThrow(reason);
  });
});
