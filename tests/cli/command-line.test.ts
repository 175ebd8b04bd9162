import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseCommandLine } from "../../harness/cli/command-line.ts";
import { HarnessError } from "../../harness/errors.ts";

const serve = {
  programDirectory: ".",
  configuration: {},
  port: 3000,
  awsPort: 4566,
  engine: { kind: "auto" },
  isolation: "thread",
  retiredRuntimes: false,
  watch: true,
  json: false,
};

describe("the command line", () => {
  test.each([
    [[], { name: "serve", options: serve }],
    [["serve"], { name: "serve", options: serve }],
    [["--port", "0", "--aws-port=65535"], { name: "serve", options: { ...serve, port: 0, awsPort: 65_535 } }],
    [["--json", "--no-watch"], { name: "serve", options: { ...serve, json: true, watch: false } }],
    [
      ["--program", "x", "--stack", "prod", "--config", "a:b=c=d", "--config", "e=", "--data", "d", "--seed", "s.json"],
      {
        name: "serve",
        options: {
          ...serve,
          programDirectory: "x",
          stack: "prod",
          configuration: { "a:b": "c=d", e: "" },
          dataDirectory: "d",
          seedFile: "s.json",
        },
      },
    ],
    [["--inspect"], { name: "serve", options: { ...serve, inspectorPort: 9229 } }],
    [["--inspect", "--json"], { name: "serve", options: { ...serve, json: true, inspectorPort: 9229 } }],
    [["--inspect", "0"], { name: "serve", options: { ...serve, inspectorPort: 0 } }],
    [["--inspect=9230"], { name: "serve", options: { ...serve, inspectorPort: 9230 } }],
    [["--retired-runtimes"], { name: "serve", options: { ...serve, retiredRuntimes: true } }],
    [["--isolation", "process"], { name: "serve", options: { ...serve, isolation: "process" } }],
    [["--engine", "dynalite"], { name: "serve", options: { ...serve, engine: { kind: "dynalite" } } }],
    [
      ["--engine", "http://127.0.0.1:8000"],
      { name: "serve", options: { ...serve, engine: { kind: "endpoint", url: "http://127.0.0.1:8000" } } },
    ],
    [
      ["--lambda", "http://localhost:4566"],
      { name: "serve", options: { ...serve, lambdaEndpointUrl: "http://localhost:4566", awsPort: 4567 } },
    ],
    [
      ["--lambda", "https://localhost:9297/", "--aws-port", "5000"],
      { name: "serve", options: { ...serve, lambdaEndpointUrl: "https://localhost:9297", awsPort: 5000 } },
    ],
    [["token", "--user", "ana"], { name: "token", options: { awsPort: 4566, user: "ana", tokenUse: "access" } }],
    [
      [
        "token",
        "--user",
        "ana",
        "--use",
        "id",
        "--claims",
        '{"a":1}',
        "--expires-in",
        "-5",
        "--pool",
        "p",
        "--client",
        "c",
        "--aws-port",
        "1",
      ],
      {
        name: "token",
        options: {
          awsPort: 1,
          user: "ana",
          tokenUse: "id",
          claims: { a: 1 },
          expiresInSeconds: -5,
          userPoolId: "p",
          clientId: "c",
        },
      },
    ],
    [["graph", "--json"], { name: "graph", options: { programDirectory: ".", configuration: {}, form: "json" } }],
    [["graph", "--mermaid"], { name: "graph", options: { programDirectory: ".", configuration: {}, form: "mermaid" } }],
    [
      ["cost", "--requests", "1000", "--users", "10", "--reads", "80", "--json"],
      {
        name: "cost",
        options: {
          programDirectory: ".",
          configuration: {},
          usage: { requests: 1000, users: 10, durationMilliseconds: 50, readShare: 0.8 },
          json: true,
        },
      },
    ],
  ] as const)("%j", (words, command) => expect(parseCommandLine(words)).toEqual(command));

  test.each([
    [["dance"], "There is no command dance. There are: serve, token, graph, cost, security, replay."],
    [["__proto__"], "There is no command __proto__."],
    [["toString"], "There is no command toString."],
    [["serve", "extra"], "extra"],
    [["--nope"], "--nope"],
    [["--cors-on-errors"], "--cors-on-errors is gone: the gateway's own answers always carry the API's CORS headers"],
    [["serve", "--json", "--cors-on-errors=true"], "Leave it out. See --help."],
    [["--port"], "--port"],
    [["--port", ""], "--port takes a port"],
    [["--port", "-1"], "--port takes a port"],
    [["--port", "80.5"], "--port takes a port"],
    [["--port", "0x10"], "--port takes a port"],
    [["--aws-port", "99999"], "--aws-port takes a port"],
    [["--stack", ""], "--stack takes a stack's name"],
    [["--stack", "a/b"], "--stack takes a stack's name"],
    [["--config", "=x"], "--config takes KEY=VALUE"],
    [["--engine", "file:///etc"], "--engine takes"],
    [["--engine", ""], "--engine takes"],
    [["--lambda", "localhost:4566"], "--lambda takes"],
    [["--lambda", ""], "--lambda takes"],
    [["--lambda", "http://u:p@localhost:4566"], "--lambda takes"],
    [["--lambda", "http://localhost:4566/x"], "--lambda takes"],
    [["--lambda", "http://localhost:4566", "--engine", "auto"], "--lambda and --engine exclude each other"],
    [["--lambda", "http://localhost:4566", "--isolation", "thread"], "--lambda and --isolation exclude each other"],
    [["--inspect", "70000"], "--inspect takes a port from 0 to 65535"],
    [["--inspect", "--isolation", "process"], "leave --isolation process out"],
    [["--inspect", "--lambda", "http://localhost:4566"], "leave --lambda out"],
    [["--isolation", "container"], "--isolation takes thread or process"],
    [["serve", "--claims", "{}"], "serve has no option --claims"],
    [["graph", "--data", "x"], "graph has no option --data"],
    [["graph", "--json", "--mermaid"], "graph takes --json or --mermaid, not both"],
    [["cost", "--requests", "-1"], "--requests takes a whole number"],
    [["cost", "--users", "1e3"], "--users takes a whole number"],
    [["cost", "--reads", "101"], "--reads takes a whole number from 0 to 100"],
    [["token", "--user", ""], "token needs --user"],
    [["token", "--user", "a", "--use", "refresh"], "--use takes access or id"],
    [["token", "--user", "a", "--claims", "null"], "--claims takes a JSON object"],
    [["token", "--user", "a", "--claims", "{"], "--claims takes a JSON object"],
    [["token", "--user", "a", "--expires-in", "soon"], "--expires-in takes a whole number"],
    [["token", "--user", "a", "--expires-in", "1e3"], "--expires-in takes a whole number"],
  ])("%j is refused in a sentence", (words, message) => {
    const parse = () => parseCommandLine(words);
    expect(parse).toThrow(message);
    expect(parse).toThrow(expect.objectContaining({ code: "USAGE", message: expect.stringMatching(/ See --help\.$/) }));
  });

  test("an option that is gone is told of also where npm keeps it to itself", () => {
    const parse = () => parseCommandLine([], { npm_config_cors_on_errors: "true" });
    expect(parse).toThrow("--cors-on-errors is gone");
  });

  test.each(["serve", "token", "graph", "cost"])("%s --help names exactly the options that it takes", (command) => {
    const parsed = parseCommandLine([command, "--help"]);
    if (parsed.name !== "help") throw new Error("no help");
    const named = [...parsed.text.matchAll(/^ {2}--([a-z-]+)/gm)].map(([, name]) => name ?? "");
    expect(named.length).toBeGreaterThan(2);
    const values: Readonly<Record<string, string>> = {
      port: "1",
      "aws-port": "1",
      engine: "auto",
      isolation: "process",
      inspect: "1",
      lambda: "http://localhost:4566",
      use: "id",
      claims: "{}",
      "expires-in": "1",
      config: "a=b",
      reference: "a/b/c=d.json",
      requests: "1",
      users: "1",
      duration: "1",
      reads: "1",
    };
    const flags = ["json", "mermaid", "no-watch", "retired-runtimes", "help"];
    for (const name of named) {
      const words = flags.includes(name) ? [`--${name}`] : [`--${name}`, values[name] ?? "x"];
      expect(() =>
        parseCommandLine(
          [command, "--user", "x", ...words].filter((_, index) => command === "token" || index === 0 || index > 2),
        ),
      ).not.toThrow();
    }
  });

  test("whatever the words, there is a command or a sentence", () => {
    const word = fc.oneof(
      fc.constantFrom(
        "serve",
        "token",
        "graph",
        "--port",
        "--user",
        "--claims",
        "--config",
        "--",
        "-h",
        "--json",
        "--no-json",
        "-",
        "--=",
        "--help=1",
      ),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 6 }), (words) => {
        try {
          expect(["help", "serve", "token", "graph", "cost"]).toContain(parseCommandLine(words).name);
        } catch (error) {
          expect(error).toBeInstanceOf(HarnessError);
          expect(error).toMatchObject({ code: "USAGE" });
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe("the environment", () => {
  test("HARNESS_SECRET goes to serve and token", () => {
    const environment = { HARNESS_SECRET: "correct-horse" };
    for (const words of [["serve"], ["token", "--user", "ana"]])
      expect(parseCommandLine(words, environment)).toMatchObject({ options: { secret: "correct-horse" } });
  });

  test.each(["", "short", "with a space", "grün-und-blau"])("HARNESS_SECRET=%j is refused", (secret) => {
    expect(() => parseCommandLine([], { HARNESS_SECRET: secret })).toThrow("HARNESS_SECRET must be");
  });

  test.each([
    [[], { npm_config_port: "3001" }, "Put -- before the options: npm start -- --port."],
    [["serve", "d"], { npm_config_data: "true" }, "npm kept --data to itself."],
    [["serve"], { npm_config_watch: "" }, "npm start -- --no-watch."],
    [["token"], { npm_config_user: "ana" }, "npm run token -- --user."],
  ])("%j with %j: an option that npm kept", (words, environment, message) => {
    expect(() => parseCommandLine(words, environment)).toThrow(message);
  });
});
