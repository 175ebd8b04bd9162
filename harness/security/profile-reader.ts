import { HarnessError } from "../errors.ts";
import { isJsonObject, type JsonObject } from "../json.ts";
import { isKnownDifference } from "./known-differences.ts";
import type { SecurityProfile } from "./profile.ts";

const ROUTE = /^[A-Z]+ \/\S*$/;

/** Checks what a profile's file exports as `profile`.
 * @throws HarnessError CONFIGURATION naming every member that is wrong. */
export function readProfile(value: unknown, file: string): SecurityProfile {
  const problems: string[] = [];
  const things = isJsonObject(value) ? value.things : undefined;
  if (!Array.isArray(things) || things.length === 0) problems.push("it must export profile = { things: [ … ] }");
  else problems.push(...things.flatMap((thing, index) => thingProblems(thing, `things[${index}]`)));
  const known = isJsonObject(value) ? (value.knownDifferences ?? []) : [];
  if (!Array.isArray(known) || !known.every(isKnownDifference))
    problems.push("each of knownDifferences must have check, reason and link as text");
  if (problems.length === 0) return value as SecurityProfile;
  throw new HarnessError("CONFIGURATION", `The profile ${file} is not valid: ${problems.join("; ")}.`);
}

function thingProblems(thing: unknown, at: string): readonly string[] {
  if (!isJsonObject(thing)) return [`${at} must be an object`];
  const texts = ["name", "textField"]
    .filter((name) => !isText(thing[name]))
    .map((name) => `${at}.${name} must be text`);
  const table = isJsonObject(thing.table) ? thing.table : {};
  const tableTexts = ["name", "ownerAttribute"]
    .filter((name) => !isText(table[name]))
    .map((name) => `${at}.table.${name} must be text`);
  const create = isJsonObject(thing.create) ? thing.create : {};
  return [
    ...texts,
    ...tableTexts,
    ...routeProblems(create, `${at}.create`),
    ...(isText(create.id) ? [] : [`${at}.create.id must name the member of the answer that holds the id`]),
    ...bodyProblems(create, `${at}.create`),
    ...["read", "list", "change", "remove"].flatMap((name) => optionalRoute(thing[name], `${at}.${name}`)),
    ...(isJsonObject(thing.change) ? bodyProblems(thing.change, `${at}.change`) : []),
    ...(isJsonObject(thing.serverFields) ? [] : [`${at}.serverFields must be an object`]),
  ];
}

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";

function routeProblems({ route }: JsonObject, at: string): readonly string[] {
  return typeof route === "string" && ROUTE.test(route) ? [] : [`${at}.route must be a route key such as POST /orders`];
}

function bodyProblems({ body }: JsonObject, at: string): readonly string[] {
  return isJsonObject(body) ? [] : [`${at}.body must be an object`];
}

function optionalRoute(value: unknown, at: string): readonly string[] {
  if (value === undefined) return [];
  return isJsonObject(value) ? routeProblems(value, at) : [`${at} must be an object with a route`];
}
