import * as pulumi from "@pulumi/pulumi";
import { productionProblems } from "./production-problems";
import { settingReader } from "./setting-reader";

const environments = ["development", "staging", "production"] as const;
const mfaModes = ["off", "optional", "required"] as const;

/** The stack's settings, read and checked. `Pulumi.yaml` declares them, with their defaults. */
export interface Settings {
  readonly region: string;
  /** What the stack is for: production refuses what is there for developers' ease. */
  readonly environment: (typeof environments)[number];
  readonly allowedOrigins: readonly string[];
  readonly allowPasswordAuth: boolean;
  /** Whether users may, or must, sign in with an authenticator app as a second factor. */
  readonly mfa: (typeof mfaModes)[number];
  readonly tokenValidityMinutes: number;
  readonly deletionProtection: boolean;
  readonly pointInTimeRecovery: boolean;
  readonly logRetentionDays: number;
  readonly throttlingRateLimit: number;
  readonly throttlingBurstLimit: number;
  /** Executions of one function at one moment, kept for it alone; 0 to share the account's. */
  readonly reservedConcurrency: number;
  /** Whether X-Ray follows requests through the functions. */
  readonly tracing: boolean;
  /** Whether CloudWatch watches the stack, with alarms and a dashboard. */
  readonly alarms: boolean;
  /** Who is told of alarms; empty for nobody. */
  readonly alarmEmail: string;
  /** Whether CloudTrail records who read and wrote which item. */
  readonly audit: boolean;
  /** A host name for the API, and the id of its Route 53 zone; both or none. */
  readonly customDomain: string;
  readonly hostedZoneId: string;
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

/** Of an account's default quota of 1,000 executions at one moment, Lambda keeps 100 unreserved. */
const accountConcurrency = 900;

const hostName = /^((?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63})?$/;

/**
 * Reads the configuration; nothing else does. Whatever is wrong stops the program, all of it at once, each in a sentence
 * that names the key and the command that mends it.
 *
 * @throws pulumi.RunError, which Pulumi prints without a stack trace
 */
export function readSettings(): Settings {
  const config = new pulumi.Config();
  const problems: string[] = [];
  const reader = settingReader(config, problems);
  const environment = reader.word("environment", environments);
  const settings: Settings = {
    region: readRegion(problems),
    environment,
    allowedOrigins: reader.origins("allowedOrigins"),
    allowPasswordAuth: reader.flag("allowPasswordAuth"),
    mfa: reader.word("mfa", mfaModes),
    tokenValidityMinutes: reader.between("tokenValidityMinutes", 15, 60),
    deletionProtection: reader.flag("deletionProtection"),
    pointInTimeRecovery: reader.flag("pointInTimeRecovery"),
    logRetentionDays: reader.oneOf("logRetentionDays", retentionDays),
    throttlingRateLimit: reader.between("throttlingRateLimit", 1, accountRateLimit),
    throttlingBurstLimit: reader.between("throttlingBurstLimit", 1, accountBurstLimit),
    reservedConcurrency: reader.between("reservedConcurrency", 0, accountConcurrency),
    tracing: reader.flag("tracing"),
    alarms: reader.flag("alarms"),
    alarmEmail: reader.matching("alarmEmail", /^([^\s@]+@[^\s@]+\.[^\s@]+)?$/, "an e-mail address", "ops@example.com"),
    audit: reader.flag("audit"),
    customDomain: reader.matching("customDomain", hostName, "a host name in lower case", "api.example.com"),
    hostedZoneId: reader.matching(
      "hostedZoneId",
      /^(Z[A-Z0-9]{1,31})?$/,
      "the id of a Route 53 zone",
      "Z0123456789ABCDEFGHIJ",
    ),
    tags: { project: pulumi.getProject(), stack: pulumi.getStack(), environment },
  };
  if ((settings.customDomain === "") !== (settings.hostedZoneId === "")) {
    problems.push(`${config.name}:customDomain and hostedZoneId go together: set both, or remove both.`);
  }
  if (problems.length === 0) problems.push(...productionProblems(settings, config.name));
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
