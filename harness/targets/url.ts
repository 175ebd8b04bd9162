import { apiSender } from "./api-sender.ts";
import { cognitoUrl, type PoolUsersOptions, poolUsers } from "./pool-users.ts";
import type { HarnessInsight } from "./running-harness.ts";
import type { NotShown, SignedIn, Target, TargetUser } from "./target.ts";

export interface UrlTargetOptions {
  readonly url: string;
  /** For signing in; without it nobody can. Users are made where `given` does not name them, which needs credentials for
   * the pool, and removed afterwards. */
  readonly userPool?: Omit<PoolUsersOptions, "given" | "makeUsers">;
  /** People whose passwords are known, by the name that they are asked for by. */
  readonly given?: ReadonlyMap<string, TargetUser>;
  /** Whether people may be made in the pool. Default: only where nobody is given. */
  readonly makeUsers?: boolean;
  /** What a harness behind the URL shows beyond its answers. */
  readonly harness?: HarnessInsight;
}

const only = (what: string): NotShown => ({ notShown: `Only the API's URL is known, and ${what}.` });

/** An API of which the URL is known: what any client on the network sees. */
export function urlTarget(options: UrlTargetOptions): Target {
  const url = options.url.replace(/\/$/, "");
  const apis = [{ name: url, url }];
  const people = peopleOf(options);
  const { userPool, given } = options;
  return {
    kind: "url",
    name: `url: ${url}`,
    apis,
    ...(userPool === undefined
      ? {}
      : { userPool: { ...userPool, endpointUrl: userPool.endpointUrl ?? cognitoUrl(userPool.region) } }),
    ...(given === undefined ? {} : { givenNames: [...given.keys()] }),
    // RFC 6761, section 6.3: names below localhost are this machine, whatever its resolver says.
    send: apiSender(apis, ({ hostname, port, protocol }) =>
      hostname.endsWith(".localhost")
        ? { connectTo: { host: "127.0.0.1", port: Number(port || (protocol === "https:" ? 443 : 80)) } }
        : {},
    ),
    invoke: only("its functions are behind it"),
    routes: only("an API does not tell its routes"),
    signIn: people.signIn,
    signInSecond: people.signInSecond,
    mintToken: only("the key that signs its tokens is not here"),
    invocationsOf: only("an answer does not say whether a function ran"),
    observationsOf: only("its table is behind it"),
    tableNames: only("its table is behind it"),
    rawItems: only("its table is behind it"),
    journalOf: only("an answer does not say why"),
    clock: only("its clock is its own"),
    ...options.harness,
    close: people.close,
  };
}

interface People extends Pick<Target, "signIn" | "signInSecond"> {
  readonly close: () => Promise<void>;
}

function peopleOf({ userPool, given = new Map(), makeUsers = given.size === 0 }: UrlTargetOptions): People {
  if (userPool === undefined) {
    const nobody: NotShown = {
      notShown: "No user pool is named, so nobody can sign in: name the pool and its client.",
    };
    return { signIn: nobody, signInSecond: nobody, close: async () => {} };
  }
  const users = poolUsers({ ...userPool, given, makeUsers });
  const signIn = (name: string): Promise<SignedIn> => users.signIn(name);
  const oneAlone: NotShown = { notShown: "One user alone is given: give a second one, or let users be made." };
  return { signIn, signInSecond: makeUsers || given.size > 1 ? signIn : oneAlone, close: users.close };
}
