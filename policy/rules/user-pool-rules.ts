import type { PolicyResource, Rule } from "./rule.ts";
import { at, isPending, pending, shown, textsOf } from "./stack.ts";
import { types } from "./types.ts";

const pool = (properties: PolicyResource["properties"]): readonly PolicyResource[] => [
  { type: types.userPool, name: "users", protect: true, properties },
];

const client = (properties: PolicyResource["properties"]): readonly PolicyResource[] => [
  {
    type: types.client,
    name: "app",
    properties: {
      preventUserExistenceErrors: "ENABLED",
      accessTokenValidity: 15,
      idTokenValidity: 15,
      refreshTokenValidity: 30,
      tokenValidityUnits: { accessToken: "minutes", idToken: "minutes", refreshToken: "days" },
      ...properties,
    },
  },
];

const requiredCharacters = ["requireUppercase", "requireLowercase", "requireNumbers", "requireSymbols"];
const leastPasswordLength = 12;

const passwordsAreStrong: Rule = {
  id: "passwords-are-strong",
  title: `A user pool asks for passwords of ${leastPasswordLength} characters or more, of all four kinds.`,
  severity: "high",
  remedy: `Set passwordPolicy with minimumLength ${leastPasswordLength} and all four requirements.`,
  source: "https://docs.aws.amazon.com/cognito/latest/developerguide/managing-users-passwords.html",
  check: (stack) =>
    stack.ofType(types.userPool).flatMap((resource) => {
      const policy = resource.properties.passwordPolicy;
      if (isPending(policy)) return [];
      const length = at(policy, "minimumLength");
      const missing = requiredCharacters.filter((name) => at(policy, name) !== true);
      const problems = [
        ...(typeof length === "number" && length >= leastPasswordLength ? [] : [`minimumLength is ${shown(length)}`]),
        ...missing.map((name) => `${name} is not set`),
      ];
      return problems.length === 0 ? [] : [{ resource, problem: `Weak passwords: ${problems.join(", ")}.` }];
    }),
  failingExample: {
    resources: pool({
      mfaConfiguration: "OPTIONAL",
      softwareTokenMfaConfiguration: { enabled: true },
      deletionProtection: "ACTIVE",
      passwordPolicy: { minimumLength: 8, requireUppercase: true, requireLowercase: true, requireNumbers: true },
    }),
    problem: "Weak passwords: minimumLength is 8, requireSymbols is not set.",
  },
};

/** The flows that send the password itself, to a server that then knows it. */
const passwordFlows = new Set([
  "ALLOW_USER_PASSWORD_AUTH",
  "USER_PASSWORD_AUTH",
  "ALLOW_ADMIN_USER_PASSWORD_AUTH",
  "ADMIN_NO_SRP_AUTH",
]);

const signInProvesThePassword: Rule = {
  id: "sign-in-proves-the-password",
  title: "Outside development, sign-in proves the password (SRP) and does not send it.",
  severity: "high",
  remedy: "Remove the flow from explicitAuthFlows; ALLOW_USER_SRP_AUTH does the same without sending the password.",
  source:
    "https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-authentication-flow-methods.html",
  check: (stack) =>
    stack.environment === "development"
      ? []
      : stack.ofType(types.client).flatMap((resource) =>
          textsOf(resource.properties.explicitAuthFlows)
            .filter((flow) => passwordFlows.has(flow))
            .map((flow) => ({ resource, problem: `The app client allows ${flow}.` })),
        ),
  failingExample: {
    resources: client({ explicitAuthFlows: ["ALLOW_USER_SRP_AUTH", "ALLOW_USER_PASSWORD_AUTH"] }),
    problem: "The app client allows ALLOW_USER_PASSWORD_AUTH.",
  },
};

const secondsPerUnit: Readonly<Record<string, number>> = { seconds: 1, minutes: 60, hours: 3_600, days: 86_400 };
const longest = { accessToken: 3_600, idToken: 3_600, refreshToken: 30 * 86_400 } as const;
/** What Cognito takes where the unit is left out. */
const defaultUnit = { accessToken: "hours", idToken: "hours", refreshToken: "days" } as const;

const tokensAreShort: Rule = {
  id: "tokens-are-short",
  title: "Access and ID tokens live an hour at most, refresh tokens 30 days, and can be revoked.",
  severity: "high",
  remedy:
    "Set accessTokenValidity, idTokenValidity and refreshTokenValidity with tokenValidityUnits, and keep revocation on.",
  source:
    "https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-tokens-with-identity-providers.html",
  check: (stack) =>
    stack
      .ofType(types.client)
      .flatMap((resource) => lifetimeProblems(resource).map((problem) => ({ resource, problem }))),
  failingExample: {
    resources: client({ accessTokenValidity: 1_440 }),
    problem: "The accessToken lives 1440 minutes.",
  },
};

function lifetimeProblems({ properties }: PolicyResource): readonly string[] {
  const tokens = Object.keys(longest) as (keyof typeof longest)[];
  const long = tokens.flatMap((token) => {
    const value = properties[`${token}Validity`];
    const unit = at(properties, "tokenValidityUnits", token) ?? defaultUnit[token];
    if (typeof value !== "number" || typeof unit !== "string") return [];
    const lives = value * (secondsPerUnit[unit] ?? Number.POSITIVE_INFINITY);
    return lives <= longest[token] ? [] : [`The ${token} lives ${value} ${unit}.`];
  });
  return properties.enableTokenRevocation === false ? [...long, "Refresh tokens cannot be revoked."] : long;
}

const signInHidesUsers: Rule = {
  id: "sign-in-hides-users",
  title: "Sign-in does not tell whether a user exists.",
  severity: "medium",
  remedy: 'Set preventUserExistenceErrors to "ENABLED".',
  source: "https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pool-managing-errors.html",
  check: (stack) =>
    stack
      .ofType(types.client)
      .filter(({ properties }) => !["ENABLED", pending].includes(properties.preventUserExistenceErrors as string))
      .map((resource) => ({ resource, problem: "The app client tells strangers which users exist." })),
  failingExample: {
    resources: client({ preventUserExistenceErrors: "LEGACY" }),
    problem: "The app client tells strangers which users exist.",
  },
};

const secondFactorIsOffered: Rule = {
  id: "second-factor-is-offered",
  title: "In production, users can add an authenticator app as a second factor.",
  severity: "low",
  remedy: 'Set mfaConfiguration to "OPTIONAL" or "ON", and softwareTokenMfaConfiguration.enabled to true.',
  source: "https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-mfa-totp.html",
  check: (stack) =>
    stack.environment !== "production"
      ? []
      : stack
          .ofType(types.userPool)
          .filter(({ properties }) => !offersSecondFactor(properties))
          .map((resource) => ({ resource, problem: "The user pool offers no second factor." })),
  failingExample: {
    resources: pool({
      mfaConfiguration: "OFF",
      deletionProtection: "ACTIVE",
      passwordPolicy: { minimumLength: 12, ...Object.fromEntries(requiredCharacters.map((name) => [name, true])) },
    }),
    problem: "The user pool offers no second factor.",
  },
};

function offersSecondFactor(properties: PolicyResource["properties"]): boolean {
  const { mfaConfiguration } = properties;
  if (mfaConfiguration === pending) return true;
  const on = mfaConfiguration === "OPTIONAL" || mfaConfiguration === "ON";
  return on && at(properties, "softwareTokenMfaConfiguration", "enabled") !== false;
}

export const userPoolRules: readonly Rule[] = [
  passwordsAreStrong,
  signInProvesThePassword,
  tokensAreShort,
  signInHidesUsers,
  secondFactorIsOffered,
];
