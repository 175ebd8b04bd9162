import { isLoopbackOrigin } from "./allowed-origins";
import type { Settings } from "./config";

/**
 * What production does not take, each as a sentence with the command that mends it. A stack that is not for production
 * says so itself: what says nothing is production.
 */
export function productionProblems(settings: Settings, project: string): readonly string[] {
  if (settings.environment !== "production") return [];
  const refused: readonly (readonly [boolean, string, string])[] = [
    [
      settings.allowPasswordAuth,
      "allowPasswordAuth is true, but in production sign-in proves the password and does not send it",
      "allowPasswordAuth false",
    ],
    [
      settings.allowedOrigins.some(isLoopbackOrigin),
      "allowedOrigins has an origin on localhost, which in production is any program on a visitor's own machine",
      "--path 'allowedOrigins[0]' https://app.example.com",
    ],
    [
      !settings.pointInTimeRecovery,
      "pointInTimeRecovery is false, but in production a lost todo must be recoverable",
      "pointInTimeRecovery true",
    ],
    [
      !settings.deletionProtection,
      "deletionProtection is false, but in production users and todos must not go by one wrong command",
      "deletionProtection true",
    ],
  ];
  return refused
    .filter(([isRefused]) => isRefused)
    .map(
      ([, problem, remedy]) =>
        `${project}:${problem}. Set it with: pulumi config set ${remedy}; or, where this is no production: ` +
        "pulumi config set environment development",
    );
}
