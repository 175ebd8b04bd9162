import { HarnessError } from "../errors.ts";
import { isJsonObject } from "../json.ts";
import { aliasConflict } from "./aliases.ts";
import { checkAttributes, checkRequired, storedAttributes } from "./attributes.ts";
import { isRefusal } from "./errors.ts";
import { attributeName, username as usernameShape } from "./model.ts";
import { checkNameIsFree, checkUsernameForm, newUser } from "./operations/sign-up.ts";
import { withPassword } from "./passwords.ts";
import { checkAdminPassword } from "./pool/password-policy.ts";
import type { ServedPool, Service } from "./service.ts";
import { findGroup } from "./user-groups.ts";
import { findUser, type User } from "./users.ts";

/** A user to create at start: confirmed, with contacts verified. */
export interface SeedUser {
  /** As the user would sign up: an e-mail address where the pool takes that for a name. */
  readonly username: string;
  readonly password: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly groups: readonly string[];
  /** The pool's logical name or id; may be left out where there is only one. */
  readonly userPool?: string;
}

export interface SeedReport {
  readonly created: readonly string[];
  readonly existing: readonly string[];
}

/** Reads a seed file: `{"users":[{"username","password","attributes"?,"groups"?,"userPool"?}]}`.
 *
 * @param source the file's name, for messages.
 * @throws HarnessError CONFIGURATION naming every mistake. Passwords do not appear in it. */
export function parseSeed(text: string, source: string): readonly SeedUser[] {
  const value = parseJson(text, source);
  const users: unknown = isJsonObject(value) ? value.users : undefined;
  if (!Array.isArray(users)) throw mistake(source, ['it must be an object with a list "users"']);
  const read = users.map((user: unknown, index) => readUser(user, `users[${index}]`));
  const mistakes = read.flatMap((each) => each.mistakes);
  if (mistakes.length > 0) throw mistake(source, mistakes);
  return read.flatMap((each) => each.user ?? []);
}

function parseJson(text: string, source: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw mistake(source, ["it is not JSON"]);
  }
}

function mistake(source: string, mistakes: readonly string[]): HarnessError {
  return new HarnessError("CONFIGURATION", `The seed file ${source} cannot be used: ${mistakes.join("; ")}.`);
}

interface ReadUser {
  readonly user?: SeedUser;
  readonly mistakes: readonly string[];
}

const MEMBERS = new Set(["username", "password", "attributes", "groups", "userPool"]);

function readUser(value: unknown, at: string): ReadUser {
  if (!isJsonObject(value)) return { mistakes: [`${at} is not an object`] };
  const { username, password, attributes = {}, groups = [], userPool } = value;
  const mistakes = Object.keys(value).flatMap((name) => (MEMBERS.has(name) ? [] : [`${at}.${name} is not known`]));
  if (typeof username !== "string" || isRefusal(usernameShape.read(username, "username"))) {
    mistakes.push(`${at}.username must be a user name`);
  }
  if (typeof password !== "string") mistakes.push(`${at}.password must be a string`);
  if (!isTextRecord(attributes)) mistakes.push(`${at}.attributes must map attribute names to strings`);
  if (!isTextList(groups)) mistakes.push(`${at}.groups must be a list of group names`);
  if (userPool !== undefined && typeof userPool !== "string") mistakes.push(`${at}.userPool must be a string`);
  if (mistakes.length > 0) return { mistakes };
  const given = { username, password, attributes, groups, ...(userPool === undefined ? {} : { userPool }) };
  return { user: given as SeedUser, mistakes };
}

function isTextRecord(value: unknown): value is Readonly<Record<string, string>> {
  if (!isJsonObject(value)) return false;
  const entries = Object.entries(value);
  return entries.every(([name, text]) => typeof text === "string" && !isRefusal(attributeName.read(name, "name")));
}

function isTextList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((text) => typeof text === "string");
}

/** Creates the users, all or none: one that its pool would refuse stops the others too.
 *
 * @throws HarnessError CONFIGURATION naming every user that a pool refuses, and why. */
export function seedUsers(service: Service, users: readonly SeedUser[]): SeedReport {
  const planned = users.map((user) => planUser(service, user));
  const mistakes = [
    ...planned.flatMap((plan) => (plan.kind === "refused" ? [plan.reason] : [])),
    ...repeatedNames(users).map((name) => `${name}: stands twice in the file`),
  ];
  if (mistakes.length > 0) throw new HarnessError("CONFIGURATION", `Users cannot be seeded: ${mistakes.join("; ")}.`);
  const created: string[] = [];
  const existing: string[] = [];
  for (const plan of planned) {
    if (plan.kind === "existing") existing.push(plan.username);
    else if (plan.kind === "new") {
      plan.served.users.save(plan.user);
      created.push(plan.username);
    }
  }
  return { created, existing };
}

function repeatedNames(users: readonly SeedUser[]): readonly string[] {
  const keys = users.map(({ username, userPool = "" }) => `${userPool}\n${username.toLowerCase()}`);
  return users.filter((_, index) => keys.indexOf(keys[index] ?? "") !== index).map(({ username }) => username);
}

type Plan =
  | { readonly kind: "new"; readonly username: string; readonly served: ServedPool; readonly user: User }
  | { readonly kind: "existing"; readonly username: string }
  | { readonly kind: "refused"; readonly reason: string };

function planUser(service: Service, seed: SeedUser): Plan {
  const refused = (why: string): Plan => ({ kind: "refused", reason: `${seed.username}: ${why.trim()}` });
  const fitting = service.pools().filter(({ pool }) => seed.userPool === undefined || isNamed(pool, seed.userPool));
  const [served] = fitting;
  if (served === undefined) return refused("there is no such user pool");
  if (fitting.length > 1) return refused("there are several user pools; name one as userPool");
  const { pool } = served;
  if (findUser(pool, served.users, seed.username) !== undefined) return { kind: "existing", username: seed.username };
  const groups = seed.groups.map((name) => groupNameOf(served, name));
  const unknownGroup = groups.find((name) => findGroup(served, name) === undefined);
  if (unknownGroup !== undefined) return refused(`the pool has no group ${unknownGroup}`);
  const given = Object.entries(seed.attributes).map(([Name, Value]) => ({ Name, Value }));
  const user = seededUser(newUser(service, pool, seed.username, storedAttributes(given)), groups);
  const refusal =
    checkUsernameForm(pool, seed.username) ??
    checkAdminPassword(pool.passwordPolicy, seed.password) ??
    checkAttributes(pool, "administrator", given) ??
    checkRequired(pool, user.attributes) ??
    checkNameIsFree(served, user, seed.username) ??
    aliasConflict(served, user, "email") ??
    aliasConflict(served, user, "phone_number");
  if (refusal !== undefined) return refused(refusal.message);
  return { kind: "new", username: seed.username, served, user: withPassword(service, served, user, seed.password) };
}

function isNamed(pool: ServedPool["pool"], name: string): boolean {
  return pool.id === name || pool.logicalName === name || pool.name === name;
}

/** A seed file is written by hand, from the program: it may call a group by its logical name. */
function groupNameOf(served: ServedPool, given: string): string {
  if (findGroup(served, given) !== undefined) return given;
  return [...served.pool.groups.values()].find(({ logicalName }) => logicalName === given)?.name ?? given;
}

function seededUser(user: User, groups: readonly string[]): User {
  const verified = (["email", "phone_number"] as const)
    .filter((name) => user.attributes[name] !== undefined)
    .map((name) => [`${name}_verified`, "true"] as const);
  return { ...user, status: "CONFIRMED", groups, attributes: { ...user.attributes, ...Object.fromEntries(verified) } };
}
