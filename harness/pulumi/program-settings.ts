import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { keepJson, keptJson } from "./kept-json.ts";
import type { Project, StackConfiguration } from "./stack-configuration.ts";
import { contentDigest, currentDigest } from "./tracked-files.ts";

/** The texts that a program's settings are read from. */
export interface SettingsSource {
  /** Of `Pulumi.yaml`. */
  readonly project: string;
  readonly stackFile: { readonly name: string; readonly text: string } | undefined;
  /** Configuration that goes before the stack file's. */
  readonly overrides: Readonly<Record<string, string>>;
}

export interface ProgramSettings {
  readonly project: Omit<Project, "declared">;
  readonly configuration: StackConfiguration;
}

interface KeptSettings {
  readonly source: string;
  readonly settings: ProgramSettings;
}

/** What of this code decides the settings, besides the parser. */
const READING_CODE = ["stack-configuration.ts", "configuration-path.ts", "../json.ts"];

/**
 * Reads a program's settings. Those of the last start are kept, where none is a secret: with the parser of YAML they take as
 * long as a tenth of a start whose evaluation is kept.
 *
 * @param folder where they are kept; `undefined`: nowhere.
 * @throws HarnessError CONFIGURATION as `parseProject` and `stackConfiguration` do.
 */
export async function programSettings(source: SettingsSource, folder: string | undefined): Promise<ProgramSettings> {
  const place = folder === undefined ? undefined : join(folder, "settings", "last.json");
  const digest = await sourceDigest(source);
  const kept = place === undefined ? undefined : (keptJson(place) as KeptSettings | undefined);
  if (kept?.source === digest) return kept.settings;
  const settings = await readSettings(source);
  if (place !== undefined && settings.configuration.secretKeys.length === 0) {
    const keeping: KeptSettings = { source: digest, settings };
    keepJson(place, keeping);
  }
  return settings;
}

/** @throws HarnessError CONFIGURATION for a `Pulumi.yaml` that `parseProject` refuses. */
export async function checkProject(text: string): Promise<void> {
  const { parseProject } = await import("./stack-configuration.ts");
  parseProject(text);
}

async function sourceDigest(source: SettingsSource): Promise<string> {
  const parser = fileURLToPath(import.meta.resolve("yaml/package.json"));
  const files = [parser, ...READING_CODE.map((name) => join(import.meta.dirname, name))];
  return contentDigest(JSON.stringify([source, await Promise.all(files.map((file) => currentDigest(file)))]));
}

async function readSettings({ project: text, stackFile, overrides }: SettingsSource): Promise<ProgramSettings> {
  const { parseProject, stackConfiguration } = await import("./stack-configuration.ts");
  const whole = parseProject(text);
  const { declared: _declared, ...project } = whole;
  return { project, configuration: stackConfiguration(whole, stackFile, overrides) };
}
