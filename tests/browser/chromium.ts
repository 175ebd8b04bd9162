import { spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** The path of an installed Chromium; `CHROMIUM` names another one. */
export function findChromium(): string | undefined {
  return [process.env.CHROMIUM ?? "", ...PLACES].find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

export interface OpenPage {
  close(): Promise<void>;
}

/** Opens an address in a browser of its own, without a profile, extensions or a look at the internet. */
export async function openPage(chromium: string, url: string, hostRules = ""): Promise<OpenPage> {
  const profile = await mkdtemp(join(tmpdir(), "browser-"));
  const flags = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    `--user-data-dir=${profile}`,
    `--host-resolver-rules=${hostRules}`,
  ];
  const browser = spawn(chromium, [...flags, url], { stdio: "ignore" });
  const ended = new Promise<void>((resolve) => browser.once("close", () => resolve()));
  return {
    async close() {
      browser.kill("SIGTERM");
      await ended;
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
