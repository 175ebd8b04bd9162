import type { AskedResource, MadeResource, Maker } from "../resource.ts";
import type { Json } from "../values.ts";
import { API_ROWS } from "./api-rows.ts";
import { clientsFor } from "./clients.ts";
import { IDENTITY_ROWS } from "./identity-rows.ts";
import type { Place, Row } from "./row.ts";
import { SERVICE_ROWS } from "./service-rows.ts";

const ROWS: ReadonlyMap<string, Row> = new Map(Object.entries({ ...API_ROWS, ...IDENTITY_ROWS, ...SERVICE_ROWS }));

/** Errors that say that what should go is gone. */
const GONE = /NotFound|NoSuchEntity|ResourceNotFound/;

/** Makes resources at the endpoints of the provider's configuration by AWS's own API, or `undefined` where it names none.
 * `invent` gives what the endpoint is not asked for: physical names. */
export async function endpointMaker(
  configuration: Json,
  invent: (resource: AskedResource) => MadeResource,
): Promise<Maker | undefined> {
  const named = [configuration.endpoints ?? []].flat() as unknown as readonly Readonly<Record<string, string>>[];
  if (named.length === 0) return undefined;
  const clients = clientsFor(configuration, Object.assign({}, ...named));
  const { Account: accountId = "" } = await clients.sts.getCallerIdentity({});
  const place: Place = {
    clients,
    region: String(configuration.region),
    // As the real provider: a stack that skips the question has no account in its ARNs.
    accountId: configuration.skipRequestingAccountId === true ? "" : accountId,
  };
  const rowOf = (type: string): Row => {
    const row = ROWS.get(type);
    if (row === undefined) throw new Error(`The stand-in provider makes no ${type} at an endpoint.`);
    return row;
  };
  /** With the names that a provider adds where the program gives none. */
  const complete = (resource: AskedResource) => ({ ...namesOf(invent(resource).outputs), ...resource.inputs });
  return {
    async create(resource) {
      const { id, outputs } = await rowOf(resource.type).create(place, complete(resource));
      return { id, outputs: { ...namesOf(invent(resource).outputs), ...outputs } };
    },
    async update(resource) {
      const { update } = rowOf(resource.type);
      if (update === undefined) throw new Error(`The stand-in provider changes no ${resource.type} at an endpoint.`);
      await update(place, complete(resource), resource.id);
    },
    async delete(resource) {
      try {
        await rowOf(resource.type).delete(place, complete(resource), resource.id);
      } catch (error) {
        if (!(error instanceof Error) || !GONE.test(error.name)) throw error;
      }
    },
  };
}

const NAMES = new Set(["name", "statementId", "alarmName"]);

function namesOf(outputs: Json): Json {
  const names = Object.fromEntries(Object.entries(outputs).filter(([name]) => NAMES.has(name)));
  return typeof names.alarmName === "string" ? { ...names, name: names.alarmName } : names;
}
