import { generateKeyPairSync } from "node:crypto";
import { SIGNING_ALGORITHMS } from "../../cognito/tokens.ts";
import { type Attack, type JwtRoute, jwtRoutes, plainRequest, refusedAtTheEdge, tokenFor, tryAll } from "../attack.ts";
import { type Check, type NotRun, notApplicable, notShown, type Threat, type Trial } from "../check.ts";
import {
  attackersKey,
  encoded,
  secretsOf,
  signedEcdsa,
  signedHmac,
  signedRsa,
  type TokenParts,
  takeApart,
} from "../forge.ts";
import type { PublishedKey, Subject } from "../subject.ts";

const threat: Threat = {
  cwe: ["CWE-347", "CWE-345", "CWE-290"],
  owasp: ["API2:2023"],
  asvs: ["V9"],
};

/** What a forger has: somebody's token, the issuer's published keys, a key of the forger's own. */
interface Forger {
  readonly token: TokenParts;
  readonly keys: readonly PublishedKey[];
  readonly own: ReturnType<typeof attackersKey>;
}

type Forgeries = Readonly<Record<string, string>>;

/** One route is enough where all share an authorizer: what differs between routes are scopes. */
function onePerAuthorizer(routes: readonly JwtRoute[]): readonly JwtRoute[] {
  return [...new Map(routes.map((route) => [route.route.authorization.authorizer.authorizerId, route])).values()];
}

function forgeryCheck(
  id: Check["id"],
  title: string,
  sends: string,
  forge: (forger: Forger) => Forgeries,
  needsKeys = false,
): Check {
  return {
    id,
    title,
    threat,
    sends,
    holds: "Each is answered 401 by the authorizer, and no function runs for it.",
    async run(subject) {
      const routes = jwtRoutes(subject);
      if (routes.length === 0) return notApplicable("no route of the program asks for a token");
      const trials: Trial[] = [];
      for (const route of onePerAuthorizer(routes)) {
        const forger = await forgerFor(subject, route);
        if ("verdict" in forger) return forger;
        const attacks = Object.entries(forge(forger)).map(([name, token]) => ({
          name,
          route,
          request: plainRequest(route, token),
        }));
        trials.push(...(await tryAll(subject, attacks, refusedAtTheEdge(subject, [401]))));
        if (needsKeys && forger.keys.length === 0) trials.push(withoutKeys(route));
      }
      return trials;
    },
  };
}

const withoutKeys = ({ route }: JwtRoute): Trial => ({
  attack: `${route.routeKey}: the public key as an HMAC's secret`,
  verdict: "not-shown",
  evidence: "the keys that the issuer publishes cannot be fetched",
  resource: route.declaredBy,
});

async function forgerFor(subject: Subject, route: JwtRoute): Promise<Forger | NotRun> {
  const person = await subject.identity.person("forged");
  const token = person === undefined ? undefined : await tokenFor(subject, route, person);
  if (token === undefined) return notShown("no valid token can be had to begin with");
  const parts = takeApart(token);
  const keys = await subject.identity.publishedKeys(String(parts.claims.iss));
  return { token: parts, keys, own: attackersKey() };
}

const victim = { sub: "00000000-0000-4000-8000-000000000000" };

function withoutSignature({ token: { header, claims, segments } }: Forger): Forgeries {
  const none = (alg: string) => `${encoded({ ...header, alg })}.${encoded({ ...claims, ...victim })}.`;
  return {
    "alg none": none("none"),
    "alg None": none("None"),
    "alg NONE": none("NONE"),
    "alg nOnE": none("nOnE"),
    "an empty alg": none(""),
    "alg null": `${encoded({ ...header, alg: null })}.${segments[1]}.`,
    "no alg": `${encoded({ kid: header.kid })}.${segments[1]}.${segments[2]}`,
    "alg none with a signature": `${encoded({ ...header, alg: "none" })}.${segments[1]}.${segments[2]}`,
    "alg none, no kid": `${encoded({ alg: "none" })}.${segments[1]}.`,
    "the signature stripped": `${segments[0]}.${segments[1]}.`,
    "the signature and its dot stripped": `${segments[0]}.${segments[1]}`,
  };
}

function confusedAlgorithms({ token: { header, claims }, keys, own }: Forger): Forgeries {
  const key = keys.find(({ kid }) => kid === header.kid) ?? keys[0];
  const stolen = { ...claims, ...victim };
  const asSecret = key === undefined ? [] : Object.entries(secretsOf(key));
  const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return {
    ...Object.fromEntries(
      asSecret.map(([form, secret]) => [
        `HS256 with the public key, ${form}`,
        signedHmac(secret, { ...header, alg: "HS256" }, stolen),
      ]),
    ),
    ...Object.fromEntries(
      asSecret.slice(0, 1).flatMap(([form, secret]) => [
        [`HS384 with the public key, ${form}`, signedHmac(secret, { ...header, alg: "HS384" }, stolen, "sha384")],
        [`HS512 with the public key, ${form}`, signedHmac(secret, { ...header, alg: "HS512" }, stolen, "sha512")],
        [`alg RS256 over an HMAC with the public key`, signedHmac(secret, header, stolen)],
      ]),
    ),
    "ES256 with the attacker's key": signedEcdsa(ec.privateKey, { ...header, alg: "ES256" }, stolen),
    "ES256 with a signature of zeros": `${encoded({ ...header, alg: "ES256" })}.${encoded(stolen)}.${Buffer.alloc(64).toString("base64url")}`,
    "PS256 over a signature of RS256": signedRsa(own.privateKey, { ...header, alg: "PS256" }, stolen),
    "RS512 named, SHA-256 used": signedRsa(own.privateKey, { ...header, alg: "RS512" }, stolen),
  };
}

function foreignKeys({ token: { header, claims }, own }: Forger): Forgeries {
  const stolen = { ...claims, ...victim };
  const jwk = { ...own.publicKey.export({ format: "jwk" }), kid: "mine", use: "sig", alg: "RS256" };
  const sign = (changed: object) => signedRsa(own.privateKey, { ...header, ...changed }, stolen);
  const x5c = own.publicKey.export({ type: "spki", format: "der" }).toString("base64");
  return {
    "the issuer's kid, the attacker's key": sign({}),
    "an unknown kid": sign({ kid: "mine" }),
    "no kid": signedRsa(own.privateKey, { alg: header.alg }, stolen),
    "an empty kid": sign({ kid: "" }),
    "a kid that is a number": sign({ kid: 0 }),
    "a kid that is a list": sign({ kid: [header.kid] }),
    "the key in the header (jwk)": sign({ kid: "mine", jwk }),
    "the key in the header (jwk), the issuer's kid": sign({ jwk }),
    "a certificate in the header (x5c)": sign({ kid: "mine", x5c: [x5c] }),
    "the address of a key set (jku)": sign({ kid: "mine", jku: "https://attacker.example/jwks.json" }),
    "the address of a certificate (x5u)": sign({ kid: "mine", x5u: "https://attacker.example/cert.pem" }),
    "a kid that is a path": sign({ kid: "../../../../dev/null" }),
    "a kid that is an address": sign({ kid: "https://attacker.example/jwks.json" }),
    "a kid with SQL": sign({ kid: "x' UNION SELECT 'key" }),
    "a kid with a null byte": sign({ kid: `${String(header.kid)}\u0000` }),
    "a kid named __proto__": sign({ kid: "__proto__" }),
    "a kid named constructor": sign({ kid: "constructor" }),
    "an HMAC with an empty secret, kid /dev/null": signedHmac("", { alg: "HS256", kid: "/dev/null" }, stolen),
  };
}

function editedParts({ token: { header, claims, segments } }: Forger): Forgeries {
  const [head, payload, signature] = segments;
  const edited = (claim: object) => `${head}.${encoded({ ...claims, ...claim })}.${signature}`;
  const flipped = Buffer.from(signature, "base64url");
  flipped[0] = (flipped[0] ?? 0) ^ 1;
  return {
    "another sub": edited(victim),
    "a later exp": edited({ exp: Number(claims.exp) + 86_400 }),
    "more scopes": edited({ scope: `${String(claims.scope)} admin` }),
    "groups added": edited({ "cognito:groups": ["admin"] }),
    "one bit of the signature": `${head}.${payload}.${flipped.toString("base64url")}`,
    "the signature cut short": `${head}.${payload}.${signature.slice(0, -8)}`,
    "a signature of zeros": `${head}.${payload}.${Buffer.alloc(256).toString("base64url")}`,
    "the header edited": `${encoded({ ...header, typ: "JWT" })}.${payload}.${signature}`,
    "the signature over another header": `${encoded({ alg: header.alg, kid: header.kid, x: 1 })}.${payload}.${signature}`,
    "header and payload swapped": `${payload}.${head}.${signature}`,
  };
}

function ambiguousForms({ token: { header, claims, segments } }: Forger): Forgeries {
  const [head, payload, signature] = segments;
  const twice = (text: string, extra: string) => `{${extra},${text.slice(1)}`;
  const claimsText = JSON.stringify(claims);
  return {
    "crit names an extension": `${encoded({ ...header, crit: ["exp"] })}.${payload}.${signature}`,
    "an unencoded payload (b64)": `${encoded({ ...header, crit: ["b64"], b64: false })}.${payload}.${signature}`,
    "sub twice": `${head}.${encoded(twice(claimsText, '"sub":"admin"'))}.${signature}`,
    "alg twice": `${encoded(twice(JSON.stringify(header), '"alg":"none"'))}.${payload}.`,
    "base64 with padding": `${head}.${payload}${payload.length % 4 === 0 ? "====" : "=="}.${signature}`,
    "spare bits of the signature": `${head}.${payload}.${withSpareBits(signature)}`,
    "the alphabet of base64": `${head}.${payload}.${otherAlphabet(signature)}`,
    "a line end inside": `${head}.${payload}.${signature.slice(0, 10)}%0a${signature.slice(10)}`,
    "a space inside": `${head}. ${payload}.${signature}`,
    "the JSON form of a token": JSON.stringify({ protected: head, payload, signature }),
    "an encrypted token's five segments": `${head}.${payload}.${signature}.${payload}.${signature}`,
  };
}

/** The last character of 256 bytes in base64url has spare bits: another character stands for the same bytes. */
function withSpareBits(signature: string): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const last = alphabet.indexOf(signature.at(-1) ?? "A");
  return signature.slice(0, -1) + (alphabet[last + 1] ?? "B");
}

/** `-` and `_` as `+` and `/`; where the signature has neither, a padding sign shows the same. */
function otherAlphabet(signature: string): string {
  const other = signature.replaceAll("-", "+").replaceAll("_", "/");
  return other === signature ? `${signature}=` : other;
}

const OTHER_ALGORITHMS = SIGNING_ALGORITHMS.filter((algorithm) => algorithm !== "RS256");

/** A key is for one algorithm: RFC 7517, section 4.4. No attacker can make the issuer sign so; a second user of its key can. */
const keysAlgorithm: Check = {
  id: "token-forgery.keys-algorithm",
  title: "A key signs by the algorithm that it names, and by no other",
  threat: { ...threat, cwe: ["CWE-327", "CWE-347"] },
  sends: "Tokens that the issuer's own key signed by other algorithms than the key names.",
  holds: "Each is answered 401 by the authorizer, and no function runs for it.",
  async run(subject) {
    const routes = onePerAuthorizer(jwtRoutes(subject));
    if (routes.length === 0) return notApplicable("no route of the program asks for a token");
    if (subject.identity.cannotMint !== undefined) return notShown(subject.identity.cannotMint);
    const attacks: Attack[] = [];
    for (const route of routes)
      for (const algorithm of OTHER_ALGORITHMS) {
        const person = await subject.identity.person("forged");
        const token = person === undefined ? undefined : await tokenFor(subject, route, person, { algorithm });
        if (token === undefined) return notShown("the issuer of the routes' tokens is no pool of the program");
        attacks.push({ name: `the issuer's key, by ${algorithm}`, route, request: plainRequest(route, token) });
      }
    return tryAll(subject, attacks, refusedAtTheEdge(subject, [401]));
  },
};

export const tokenForgery: readonly Check[] = [
  keysAlgorithm,
  forgeryCheck(
    "token-forgery.unsigned",
    "A token without a valid signature is refused",
    "alg none in every spelling, no alg, signatures stripped.",
    withoutSignature,
  ),
  forgeryCheck(
    "token-forgery.algorithm",
    "The published key is never taken for a secret, and no algorithm for another",
    "HS256, HS384 and HS512 with the public key as PEM, DER, modulus and JSON; elliptic curves; PSS; other digests.",
    confusedAlgorithms,
    true,
  ),
  forgeryCheck(
    "token-forgery.foreign-key",
    "Only the issuer's own keys count, whatever the token's header says",
    "The attacker's key under the issuer's kid, keys and addresses of keys in the header, kids that are paths, addresses, SQL.",
    foreignKeys,
  ),
  forgeryCheck(
    "token-forgery.edited",
    "A token that was changed after it was signed is refused",
    "Edited claims, header and signature of a valid token.",
    editedParts,
  ),
  forgeryCheck(
    "token-forgery.ambiguous",
    "A token has one spelling: what two readers could read differently is refused",
    "Critical extensions, repeated names, padding, spare bits, other alphabets, other serializations.",
    ambiguousForms,
  ),
];
