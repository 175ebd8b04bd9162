import { parse } from "yaml";
import { HarnessError } from "../errors.ts";
import { isJsonObject, shown } from "../json.ts";
import { configurationPath, nearestName, structuredText, withValueAt } from "./configuration-path.ts";

/** What `Pulumi.yaml` says of a project. */
export interface Project {
  readonly name: string;
  /** The entry point relative to the project's folder, when `main` names one. */
  readonly main?: string;
  /** Whether Pulumi compiles TypeScript while it loads the program. Default: yes. */
  readonly typeScript: boolean;
  /** The compiler's settings relative to where the program runs, when the runtime's options name them. */
  readonly tsconfig?: string;
  readonly declared: ReadonlyMap<string, DeclaredKey>;
}

interface DeclaredKey {
  readonly type?: string;
  readonly itemType?: string;
  readonly fallback?: unknown;
  readonly secret: boolean;
}

/** The configuration that a program sees: full keys (`project:key`) to text, as the Pulumi engine passes it. */
export interface StackConfiguration {
  readonly values: Readonly<Record<string, string>>;
  readonly secretKeys: readonly string[];
}

const CONFIGURATION_TYPES = new Set(["string", "integer", "boolean", "array", "object"]);

function parseYaml(text: string, file: string): Record<string, unknown> {
  try {
    const value: unknown = parse(text) ?? {};
    if (isJsonObject(value)) return value;
  } catch (error) {
    throw new HarnessError(
      "CONFIGURATION",
      `${file} is not valid YAML: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  throw new HarnessError("CONFIGURATION", `${file} does not hold a mapping of keys.`);
}

/** `namespace:name`. The project's namespace may be left out, and `namespace:config:name` is an older form of the same.
 * @see https://github.com/pulumi/pulumi/blob/master/sdk/go/common/resource/config/key.go */
function fullKey(key: string, project: string): string {
  const parts = key.split(":");
  const [namespace, module, name] = parts;
  if (parts.length === 1) return `${project}:${key}`;
  if (parts.length === 2) return key;
  if (parts.length === 3 && module === "config") return `${namespace}:${name}`;
  throw new HarnessError("CONFIGURATION", `${key} is no configuration key: write it as namespace:name.`);
}

function declaredKey(key: string, entry: unknown): DeclaredKey {
  if (!isJsonObject(entry)) return { fallback: entry, secret: false };
  const { type, items, secret } = entry;
  if (type !== undefined && !(typeof type === "string" && CONFIGURATION_TYPES.has(type))) {
    const known = [...CONFIGURATION_TYPES].join(", ");
    throw new HarnessError(
      "CONFIGURATION",
      `Pulumi.yaml declares ${key} with the type ${shown(type)}; Pulumi knows ${known}.`,
    );
  }
  const fallback = entry.default ?? entry.value;
  return {
    ...(typeof type === "string" ? { type } : {}),
    ...(isJsonObject(items) && typeof items.type === "string" ? { itemType: items.type } : {}),
    ...(fallback === undefined ? {} : { fallback }),
    secret: secret === true,
  };
}

/** Reads `Pulumi.yaml`.
 * @see https://www.pulumi.com/docs/iac/concepts/projects/project-file/
 * @throws HarnessError CONFIGURATION when it is not a Node.js project, or malformed. */
export function parseProject(text: string): Project {
  const yaml = parseYaml(text, "Pulumi.yaml");
  const { name, runtime, main, config } = yaml;
  if (typeof name !== "string" || name === "") throw new HarnessError("CONFIGURATION", "Pulumi.yaml has no name.");
  const runtimeName = isJsonObject(runtime) ? runtime.name : runtime;
  if (runtimeName !== "nodejs") {
    throw new HarnessError(
      "CONFIGURATION",
      `Pulumi.yaml names the runtime ${shown(runtimeName)}; only nodejs programs run here.`,
    );
  }
  const entries = isJsonObject(config) ? Object.entries(config) : [];
  const declared = new Map(entries.map(([key, entry]) => [fullKey(key, name), declaredKey(key, entry)]));
  const options = isJsonObject(runtime) && isJsonObject(runtime.options) ? runtime.options : {};
  return {
    name,
    ...(typeof main === "string" ? { main } : {}),
    typeScript: options.typescript !== false,
    ...(typeof options.tsconfig === "string" ? { tsconfig: options.tsconfig } : {}),
    declared,
  };
}

function hasType(value: unknown, type: string | undefined): boolean {
  if (type === undefined) return true;
  if (type === "array") return Array.isArray(value);
  if (type === "object") return isJsonObject(value);
  if (type === "integer")
    return Number.isInteger(typeof value === "string" && value.trim() !== "" ? Number(value) : value);
  if (type === "boolean") return typeof value === "boolean" || value === "true" || value === "false";
  return typeof value !== "object";
}

/** An override is text: a list or object is given as JSON. In a stack's file JSON would be a text, which Pulumi refuses. */
function structured(value: string, type: string | undefined): unknown {
  if (type !== "array" && type !== "object") return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/** Within a list a text is a text, and a number is none; at the top every value is text until it is read. */
function hasItemType(value: unknown, type: string | undefined): boolean {
  return type === "string" ? typeof value === "string" : hasType(value, type);
}

/** In the engine's words.
 * @see https://github.com/pulumi/pulumi/blob/master/sdk/go/common/workspace/config.go */
function checkType(
  key: string,
  value: unknown,
  declared: DeclaredKey,
  { project, stack }: { readonly project: Project; readonly stack: string },
): void {
  const { type, itemType } = declared;
  const wrongItem = Array.isArray(value) && value.some((item) => !hasItemType(item, itemType));
  if (hasType(value, type) && !wrongItem) return;
  const wanted = itemType === undefined ? type : `${type}<${itemType}>`;
  throw new HarnessError(
    "CONFIGURATION",
    `Stack '${stack}' with configuration key '${shortKey(key, project)}' must be of type '${wanted}'. Set it with: ${setCommand(key, declared, project)}`,
  );
}

function shortKey(key: string, project: Project): string {
  return key.startsWith(`${project.name}:`) ? key.slice(project.name.length + 1) : key;
}

function asText(value: unknown): string {
  return shown(value);
}

function containsSecure(value: unknown): boolean {
  if (!isJsonObject(value) && !Array.isArray(value)) return false;
  return Object.entries(value).some(
    ([key, inner]) => (key === "secure" && typeof inner === "string") || containsSecure(inner),
  );
}

function stackValues(text: string, file: string, project: Project): Map<string, unknown> {
  const { config } = parseYaml(text, file);
  if (config !== undefined && config !== null && !isJsonObject(config)) {
    throw new HarnessError("CONFIGURATION", `${file}: config does not hold a mapping of keys.`);
  }
  return new Map(Object.entries(config ?? {}).map(([key, value]) => [fullKey(key, project.name), value]));
}

/** Merges declared defaults, the stack's file and overrides, in this order, and checks declared types.
 * @param overrides `key` or `namespace:key` to text, as `pulumi config set` takes them.
 * @throws HarnessError CONFIGURATION naming the key: encrypted without an override, of the wrong type, or missing. */
export function stackConfiguration(
  project: Project,
  stackFile: { readonly name: string; readonly text: string } | undefined,
  overrides: Readonly<Record<string, string>>,
): StackConfiguration {
  const values = new Map<string, unknown>();
  for (const [key, { fallback }] of project.declared) if (fallback !== undefined) values.set(key, fallback);
  if (stackFile !== undefined) {
    for (const [key, value] of stackValues(stackFile.text, stackFile.name, project)) values.set(key, value);
  }
  for (const [key, value] of Object.entries(overrides)) override(values, { key, value }, project);
  refuseEncrypted(values, stackFile?.name);
  for (const [key, declared] of project.declared) {
    if (!values.has(key)) throw missingKey(key, declared, project, stackFile?.name);
    const stack = /^Pulumi\.(.+)\.ya?ml$/.exec(stackFile?.name ?? "")?.[1] ?? "dev";
    checkType(key, values.get(key), declared, { project, stack });
  }
  return textual(values, project);
}

/** A key that is declared or set as it stands is one, whatever is in it; any other may lead into a structure. */
function override(
  values: Map<string, unknown>,
  { key, value }: { readonly key: string; readonly value: string },
  project: Project,
): void {
  const whole = key.includes(":") || !/[.[]/.test(key) ? undefined : fullKey(key, project.name);
  const isKey = whole !== undefined && (values.has(whole) || project.declared.has(whole));
  const path = isKey ? { key, segments: [] } : configurationPath(key);
  const full = fullKey(path.key, project.name);
  refuseUndeclared(full, values, project);
  const given =
    path.segments.length === 0 ? structured(value, project.declared.get(full)?.type) : structuredText(value);
  values.set(full, withValueAt(values.get(full), { ...path, key: path.key }, given));
}

/** A project that declares its settings has no others, as far as it is its own namespace. */
function refuseUndeclared(key: string, values: ReadonlyMap<string, unknown>, project: Project): void {
  const own = (each: string) => each.startsWith(`${project.name}:`);
  const known = [...project.declared.keys()].filter(own);
  if (!own(key) || known.length === 0 || project.declared.has(key) || values.has(key)) return;
  const names = known.map((each) => shortKey(each, project));
  const nearest = nearestName(shortKey(key, project), names);
  const hint = nearest === undefined ? `It declares ${names.sort().join(", ")}.` : `Did you mean ${nearest}?`;
  throw new HarnessError("CONFIGURATION", `Pulumi.yaml declares no configuration ${shortKey(key, project)}. ${hint}`);
}

function setCommand(key: string, declared: DeclaredKey | undefined, project: Project): string {
  const short = shortKey(key, project);
  return `pulumi config set ${declared?.type === "array" ? `--path '${short}[0]'` : short} <value>`;
}

function missingKey(key: string, declared: DeclaredKey, project: Project, file: string | undefined): HarnessError {
  const where = file === undefined ? "The stack" : file;
  const remedy = `Set it with: ${setCommand(key, declared, project)}`;
  return new HarnessError("CONFIGURATION", `${where} is missing the configuration ${key}. ${remedy}`);
}

function refuseEncrypted(values: ReadonlyMap<string, unknown>, file: string | undefined): void {
  const key = [...values].find(([, value]) => containsSecure(value))?.[0];
  if (key === undefined) return;
  const remedy = `Give a value for this run with --config ${key}=<value>.`;
  throw new HarnessError(
    "CONFIGURATION",
    `${file ?? "The stack"} holds ${key} encrypted, which cannot be read offline. ${remedy}`,
  );
}

function textual(values: ReadonlyMap<string, unknown>, project: Project): StackConfiguration {
  const secretKeys: string[] = [];
  const texts: Record<string, string> = {};
  for (const [key, value] of values) {
    if (value === null || value === undefined) continue;
    if (project.declared.get(key)?.secret === true) secretKeys.push(key);
    texts[key] = asText(value);
  }
  return { values: texts, secretKeys };
}
