import { isJsonObject, shown } from "../json.ts";
import { type HttpApiEvent, readEvent } from "./events.ts";

/** One event to replay, and how. A file holds events as they are, or these around them. */
export interface ReplayCase {
  readonly name: string;
  readonly event: HttpApiEvent;
  /** The token is what the case is about: it is never replaced by a fresh one. */
  readonly keepToken: boolean;
  /** The event itself is what the case is about: a gateway would make another one. */
  readonly invokeOnly: boolean;
  /** Variables to take from the answer, for `{{name}}` in later events: `body.orderId`, `headers.etag`. */
  readonly save: Readonly<Record<string, string>>;
}

export type ReadCase = ReplayCase | { readonly name: string; readonly refused: string };

type Json = Readonly<Record<string, unknown>>;

/**
 * Reads a file's events: one event, a list, JSON lines, what `aws logs filter-log-events` or `get-query-results` exports,
 * a function's log with events in it, or an access log in JSON. Text around JSON is skipped, as log lines have it.
 *
 * @param source the file's name, for the names of its events.
 */
export function readCases(text: string, source: string): readonly ReadCase[] {
  const values = parseAll(text).flatMap(exported);
  const name = source.replace(/^.*[\\/]/, "").replace(/\.(jsonl?|ndjson|log|txt)$/, "");
  if (values.length === 0) return [{ name, refused: "There is no JSON in it, so no event." }];
  const cases = values.map((value, index) => readCase(value, values.length === 1 ? name : `${name} ${index + 1}`));
  // A log has more lines than events: those that are none are of no interest where others are.
  const events = cases.filter((one) => !("refused" in one));
  return isLog(text) && events.length > 0 ? events : cases;
}

/** More than one JSON text: lines, each perhaps with words in front. */
function isLog(text: string): boolean {
  return parsed(text) === undefined || Array.isArray(record(parsed(text)).events) || isQueryResult(parsed(text));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function parseAll(text: string): readonly unknown[] {
  const whole = parsed(text);
  if (whole !== undefined) return [whole];
  return text.split(/\r?\n/).flatMap((line) => {
    const found = parsed(line) ?? parsed(line.slice(Math.max(0, line.indexOf("{"))));
    return typeof found === "object" && found !== null ? [found] : [];
  });
}

const record = (value: unknown): Json => (isJsonObject(value) ? value : {});

const isQueryResult = (value: unknown): boolean => Array.isArray(record(value).results);

/** The values inside an export of CloudWatch Logs, a list, or one line of a function's JSON log. */
function exported(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value.flatMap(exported);
  const { events, results, message } = record(value);
  if (Array.isArray(events)) return events.map((one) => record(one).message).flatMap(messageValues);
  if (isQueryResult(value)) return (results as readonly unknown[]).flatMap(queryRow);
  const logged = typeof message === "object" ? record(message) : undefined;
  return logged !== undefined && "requestContext" in logged ? [logged] : [value];
}

function queryRow(row: unknown): readonly unknown[] {
  const fields = Array.isArray(row) ? row.map(record) : [];
  return messageValues(fields.find(({ field }) => field === "@message")?.value);
}

const messageValues = (message: unknown): readonly unknown[] =>
  typeof message === "string" ? parseAll(message).flatMap(exported) : [];

const FLAGS = new Set(["name", "event", "keepToken", "invokeOnly", "save"]);

function readCase(value: unknown, name: string): ReadCase {
  const given = record(value);
  const wrapped = "event" in given && !("requestContext" in given);
  const named = wrapped && typeof given.name === "string" ? given.name : name;
  const unknown = wrapped ? Object.keys(given).find((key) => !FLAGS.has(key)) : undefined;
  if (unknown !== undefined)
    return { name: named, refused: `A case has no member ${unknown}: ${[...FLAGS].join(", ")}.` };
  const read = isAccessLog(given) ? eventOfAccessLog(given) : readEvent(wrapped ? given.event : value);
  if ("refused" in read) return { name: named, refused: read.refused };
  return {
    name: named,
    event: read.event,
    keepToken: given.keepToken === true,
    invokeOnly: given.invokeOnly === true,
    save: record(given.save) as Readonly<Record<string, string>>,
  };
}

/** An HTTP API's access log has the route and the status, in whatever words its format gives them. */
const isAccessLog = (line: Json): boolean => "routeKey" in line && "status" in line && !("requestContext" in line);

/** What an access log keeps of a request is enough for one without body, of a user whose `sub` it logs. */
function eventOfAccessLog(line: Json): ReturnType<typeof readEvent> {
  const [method = "", template] = shown(line.routeKey).split(" ");
  const path = typeof line.path === "string" ? line.path : template;
  if (path === undefined || path.includes("{")) {
    return {
      refused: `This line of an access log names no path, only the route ${shown(line.routeKey)}: add "path":"$context.path" to the format.`,
    };
  }
  const sub = typeof line.sub === "string" && line.sub !== "-" ? line.sub : undefined;
  const claims = { sub, username: sub, token_use: "access", exp: 0 };
  const token = `${encode({ alg: "RS256" })}.${encode(claims)}.${REMOVED_SIGNATURE}`;
  return readEvent({
    version: "2.0",
    routeKey: line.routeKey,
    rawPath: path,
    rawQueryString: "",
    headers: sub === undefined ? {} : { authorization: `Bearer ${token}` },
    requestContext: {
      http: { method, path },
      routeKey: line.routeKey,
      stage: "$default",
      ...(sub === undefined ? {} : { authorizer: { jwt: { claims, scopes: null } } }),
    },
    isBase64Encoded: false,
  });
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

/** What stands for a signature that was taken away, so that the token is of no use to whoever reads the file. */
export const REMOVED_SIGNATURE = "signature-removed";
