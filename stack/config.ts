import * as pulumi from "@pulumi/pulumi";
import { originProblems } from "./allowed-origins";

/** The stack's settings, read and checked. `Pulumi.yaml` declares them, with their defaults. */
export interface Settings {
  readonly region: string;
  readonly allowedOrigins: readonly string[];
  readonly allowPasswordAuth: boolean;
  readonly tokenValidityMinutes: number;
  readonly deletionProtection: boolean;
  readonly pointInTimeRecovery: boolean;
  readonly logRetentionDays: number;
  readonly throttlingRateLimit: number;
  readonly throttlingBurstLimit: number;
  /** On everything that can carry tags: what it belongs to, for costs, clean-up and access rules. */
  readonly tags: Readonly<Record<string, string>>;
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
const retentionDays = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/** AWS's default quota for one account in one region: a higher limit would promise what the account does not have. */
const accountRateLimit = 10_000;
const accountBurstLimit = 5_000;

/**
 * Reads the configuration; nothing else does. Whatever is wrong stops the program, all of it at once, each in a sentence
 * that names the key and the command that mends it.
 *
 * @throws pulumi.RunError, which Pulumi prints without a stack trace
 */
export function readSettings(): Settings {
  const problems: string[] = [];
  const reader = settingReader(new pulumi.Config(), problems);
  const settings: Settings = {
    region: readRegion(problems),
    allowedOrigins: reader.origins("allowedOrigins"),
    allowPasswordAuth: reader.flag("allowPasswordAuth"),
    tokenValidityMinutes: reader.between("tokenValidityMinutes", 15, 60),
    deletionProtection: reader.flag("deletionProtection"),
    pointInTimeRecovery: reader.flag("pointInTimeRecovery"),
    logRetentionDays: reader.oneOf("logRetentionDays", retentionDays),
    throttlingRateLimit: reader.between("throttlingRateLimit", 1, accountRateLimit),
    throttlingBurstLimit: reader.between("throttlingBurstLimit", 1, accountBurstLimit),
    tags: { project: pulumi.getProject(), stack: pulumi.getStack() },
  };
  if (problems.length > 0) throw new pulumi.RunError(problems.join("\n"));
  return settings;
}

/** The provider's own key: `pulumi.Config` puts the project's name in front of every key unless told otherwise. */
function readRegion(problems: string[]): string {
  const region = new pulumi.Config("aws").get("region") ?? "";
  if (!/^[a-z]{2}(-[a-z]+)+-\d$/.test(region)) {
    problems.push("aws:region is missing or is not a region. Set it with: pulumi config set aws:region eu-west-1");
  }
  return region;
}

/** One reader for each kind of value. A value that cannot be used becomes a problem, and a stand-in that is never deployed. */
function settingReader(config: pulumi.Config, problems: string[]) {
  const refuse = (key: string, problem: string, example: string) =>
    problems.push(`${config.name}:${key} ${problem}. Set it with: pulumi config set ${example}`);

  const number = (key: string, allowed: (value: number) => boolean, form: string, example: number): number => {
    const text = config.get(key);
    const value = text === undefined ? Number.NaN : Number(text);
    if (text === undefined) refuse(key, "is missing", `${key} ${example}`);
    else if (!allowed(value)) refuse(key, `is ${JSON.stringify(text)}, which is not ${form}`, `${key} ${example}`);
    return value;
  };

  return {
    flag(key: string): boolean {
      const text = config.get(key);
      if (text !== "true" && text !== "false") {
        refuse(key, text === undefined ? "is missing" : "is neither true nor false", `${key} true`);
      }
      return text === "true";
    },
    between: (key: string, least: number, greatest: number): number =>
      number(
        key,
        (value) => Number.isInteger(value) && value >= least && value <= greatest,
        `a whole number from ${least} to ${greatest}`,
        least,
      ),
    oneOf: (key: string, values: readonly number[]): number =>
      number(key, (value) => values.includes(value), `one of ${values.join(", ")}`, 30),
    origins(key: string): readonly string[] {
      const value = readList(config, key);
      const faults = value === undefined ? ["is missing"] : originProblems(value);
      for (const fault of faults) refuse(key, fault, `--path '${key}[0]' https://app.example.com`);
      return faults.length === 0 ? (value as readonly string[]) : [];
    },
  };
}

/** A list set in one piece (`pulumi config set allowedOrigins https://…`) is text and not JSON: it is handed on as text. */
function readList(config: pulumi.Config, key: string): unknown {
  const text = config.get(key);
  if (text === undefined) return undefined;
  try {
    return config.requireObject<readonly string[]>(key);
  } catch {
    return text;
  }
}
