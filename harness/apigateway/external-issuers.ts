import type { Clock } from "../clock.ts";
import type { PublishedKey } from "./json-web-key-set.ts";
import {
  DOCUMENT_LIMITS,
  type DocumentLimits,
  type Fetch,
  fetchPublishedKeys,
  type PublishedKeys,
} from "./openid-provider.ts";
import type { FindSigningKey, KeyLookup } from "./signing-key-types.ts";

export interface ExternalIssuersOptions {
  readonly fetch: Fetch;
  readonly clock: Clock;
  readonly limits?: DocumentLimits;
  /** A key set older than this is read again before it vouches for anything. Default: 5 minutes; AWS documents two hours
   * at most. */
  readonly maximumAgeMilliseconds?: number;
  /** At most one reading of an issuer's documents in this time, however many unknown key ids come. Default: 5 s. */
  readonly minimumIntervalMilliseconds?: number;
}

interface IssuerState {
  keys: ReadonlyMap<string, PublishedKey>;
  keysReadAtMilliseconds: number;
  attemptedAtMilliseconds: number;
  failure?: Exclude<PublishedKeys, { readonly kind: "keys" }>;
  reading?: Promise<undefined>;
}

/** Keys of issuers out on the network. A set is read when it is needed first, when it has grown old, and when a `kid` is
 * unknown; requests that need a reading share one. Where nothing can be read the request is refused; a set that is not
 * yet old goes on vouching for the keys in it. Only issuers that the program configures may be asked for. */
export function externalIssuers(options: ExternalIssuersOptions): FindSigningKey {
  const { fetch, clock, limits = DOCUMENT_LIMITS } = options;
  const maximumAge = options.maximumAgeMilliseconds ?? 300_000;
  const minimumInterval = options.minimumIntervalMilliseconds ?? 5_000;
  const states = new Map<string, IssuerState>();

  function within(since: number, milliseconds: number): boolean {
    const age = clock.nowMilliseconds() - since;
    return age >= 0 && age < milliseconds;
  }

  function find(state: IssuerState, kid: string): KeyLookup | undefined {
    const key = within(state.keysReadAtMilliseconds, maximumAge) ? state.keys.get(kid) : undefined;
    return key === undefined ? undefined : { kind: "found", ...key };
  }

  async function read(issuer: string, state: IssuerState): Promise<undefined> {
    const published = await fetchPublishedKeys(issuer, fetch, limits);
    state.attemptedAtMilliseconds = clock.nowMilliseconds();
    delete state.reading;
    delete state.failure;
    if (published.kind !== "keys") state.failure = published;
    else {
      state.keys = published.keys;
      state.keysReadAtMilliseconds = state.attemptedAtMilliseconds;
    }
  }

  return (issuer, kid) => {
    const state = states.get(issuer) ?? unreadIssuer();
    states.set(issuer, state);
    const known = find(state, kid);
    if (known !== undefined) return known;
    const unknown = (): KeyLookup => state.failure ?? { kind: "unknown-kid" };
    if (within(state.attemptedAtMilliseconds, minimumInterval)) return unknown();
    state.reading ??= read(issuer, state);
    return state.reading.then(() => find(state, kid) ?? unknown());
  };
}

function unreadIssuer(): IssuerState {
  return { keys: new Map(), keysReadAtMilliseconds: -Infinity, attemptedAtMilliseconds: -Infinity };
}

/** Asks an issuer of this process in this process, and any other over the network. A local issuer that does not know a
 * `kid` is not asked for over the network. */
export function keysByIssuer(
  local: (issuer: string, kid: string) => KeyLookup | undefined,
  external: FindSigningKey,
): FindSigningKey {
  return (issuer, kid) => local(issuer, kid) ?? external(issuer, kid);
}
