import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";
import { allGone, descendants } from "./support/command.ts";
import { ROOT } from "./support/scratch-program.ts";

/** What npm is to `npm start`: it starts the command with its variables, and ends without a word to it. */
const NPM = `
  const { spawn } = require("node:child_process");
  const words = ["harness/main.ts", "serve", "--json", "--port", "0", "--aws-port", "0", "--no-watch"];
  spawn(process.execPath, words, { stdio: "inherit", env: { ...process.env, npm_lifecycle_event: "start" } });`;

test.runIf(process.platform === "linux").each(["SIGTERM", "SIGKILL"] as const)(
  "a harness that npm started ends when %s ends npm",
  async (signal) => {
    const npm = spawn(process.execPath, ["-e", NPM], { cwd: ROOT, stdio: ["ignore", "pipe", "ignore"] });
    const [line] = (await once(createInterface({ input: npm.stdout }), "line")) as [string];
    const { awsEndpointUrl } = JSON.parse(line) as { awsEndpointUrl: string };
    const started = descendants(npm.pid ?? 0);
    expect(started.length).toBeGreaterThan(1);
    npm.kill(signal);
    await allGone(started);
    await expect(fetch(awsEndpointUrl)).rejects.toThrow();
  },
);
