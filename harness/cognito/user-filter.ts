import { type Refusal, refusals } from "./errors.ts";
import type { User } from "./users.ts";

export type UserFilter = (user: User) => boolean;

/** What a filter may ask for, and how it is read off a user. Custom attributes cannot be searched.
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/how-to-manage-user-accounts.html */
const READERS: ReadonlyMap<string, (user: User) => string | undefined> = new Map<
  string,
  (user: User) => string | undefined
>([
  ["username", (user) => user.username],
  ["sub", (user) => user.sub],
  ["cognito:user_status", (user) => user.status],
  ["status", (user) => (user.enabled ? "Enabled" : "Disabled")],
  ...["email", "phone_number", "name", "given_name", "family_name", "preferred_username"].map(
    (name) => [name, (user: User) => user.attributes[name]] as const,
  ),
]);

/** Enough for every text that the API takes, and linear in its length. */
const FORM = /^\s*"?([\w:]+)"?\s*(\^=|=)\s*"((?:[^"\\]|\\.)*)"\s*$/;

/** Reads `name = "value"` or, for a prefix, `name ^= "value"`. Cognito compares without regard to case. */
export function readUserFilter(text: string): UserFilter | Refusal {
  if (text.trim() === "") return () => true;
  const [, name = "", operator, quoted = ""] = FORM.exec(text) ?? [];
  const read = READERS.get(name);
  if (read === undefined) return refusals.invalidParameter("Error while parsing filter.");
  const wanted = quoted.replaceAll(/\\(.)/g, "$1").toLowerCase();
  const fits = (value: string) => (operator === "=" ? value === wanted : value.startsWith(wanted));
  return (user) => {
    const value = read(user);
    return value !== undefined && fits(value.toLowerCase());
  };
}
