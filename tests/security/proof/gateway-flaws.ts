import type { PlantedFlaw } from "./planted-flaw.ts";

const authorizer = "harness/apigateway/jwt-authorizer.ts";
const claims = "harness/apigateway/registered-claims.ts";
const compact = "harness/apigateway/compact-jwt.ts";

const checkOfSignature =
  "const flaw = isFor(lookup, jwt.algorithm) ? await signatureFlaw(jwt, lookup.key) : OTHER_ALGORITHM;";

/** Mistakes of a gateway, an identity provider or a table's door: planted in a copy of the harness. */
export const gatewayFlaws: readonly PlantedFlaw[] = [
  {
    name: "signature-unchecked",
    flaw: "A token's signature is not looked at.",
    changes: [
      {
        file: authorizer,
        search: checkOfSignature,
        replacement: "const flaw = undefined as string | undefined;",
      },
    ],
  },
  {
    name: "algorithm-none",
    flaw: "A token that names no algorithm needs no signature.",
    changes: [
      {
        file: compact,
        search: 'if (signature === "" || decodeBase64Url(signature) === undefined) return',
        replacement: "if (decodeBase64Url(signature) === undefined) return",
      },
      {
        file: compact,
        search: "RSA_ALGORITHMS.find((known) => known === header.alg)",
        replacement: 'header.alg === "none" ? "RS256" : RSA_ALGORITHMS.find((known) => known === header.alg)',
      },
      {
        file: authorizer,
        search: checkOfSignature,
        replacement: 'const flaw = jwt.token.endsWith(".") ? undefined : await signatureFlaw(jwt, lookup.key);',
      },
    ],
  },
  {
    name: "public-key-as-secret",
    flaw: "A token signed with the public key as an HMAC's secret is taken.",
    changes: [
      {
        file: compact,
        search: "RSA_ALGORITHMS.find((known) => known === header.alg)",
        replacement: 'header.alg === "HS256" ? "RS256" : RSA_ALGORITHMS.find((known) => known === header.alg)',
      },
      {
        file: authorizer,
        search: checkOfSignature,
        replacement:
          'const [head = "", payload = "", signature] = jwt.token.split(".");\n      const { createHmac } = await import("node:crypto");\n      const hmac = createHmac("sha256", lookup.key.export({ type: "spki", format: "pem" })).update(`${head}.${payload}`).digest("base64url");\n      const flaw = hmac === signature ? undefined : await signatureFlaw(jwt, lookup.key);',
      },
    ],
  },
  {
    name: "key-in-the-header",
    flaw: "The key that a token brings along is believed.",
    changes: [
      {
        file: authorizer,
        search: checkOfSignature,
        replacement:
          'const { jwk } = JSON.parse(Buffer.from(jwt.token.split(".")[0] ?? "", "base64url").toString()) as { jwk?: never };\n      const { createPublicKey } = await import("node:crypto");\n      const flaw = await signatureFlaw(jwt, jwk === undefined ? lookup.key : createPublicKey({ key: jwk, format: "jwk" }));',
      },
    ],
  },
  {
    name: "other-spellings",
    flaw: "Signatures with padding and spare bits are taken.",
    changes: [
      {
        file: compact,
        search: 'return bytes.toString("base64url") === text ? bytes : undefined;',
        replacement: "return bytes;",
      },
      {
        file: authorizer,
        search: checkOfSignature,
        replacement:
          'const canonical = jwt.token.split(".").map((part) => Buffer.from(part, "base64url").toString("base64url")).join(".");\n      const flaw = await signatureFlaw({ ...jwt, token: canonical }, lookup.key);',
      },
    ],
  },
  {
    name: "expiry-ignored",
    flaw: "Expired tokens are taken.",
    changes: [{ file: claims, search: "if (expiry <= now) return", replacement: "if (expiry < 1) return" }],
  },
  {
    name: "token-without-an-end",
    flaw: "A token without exp lives for ever.",
    changes: [
      {
        file: claims,
        search: "if (!isTime(expiry)) {",
        replacement: "if (expiry === undefined) return undefined;\n  if (!isTime(expiry)) {",
      },
    ],
  },
  {
    name: "not-before-ignored",
    flaw: "Tokens that are not yet valid are taken.",
    changes: [{ file: claims, search: "if (value > now) {", replacement: "if (value > now * 2) {" }],
  },
  {
    name: "remembered-beyond-its-end",
    flaw: "A token that was verified once is taken for ever.",
    changes: [
      {
        file: authorizer,
        search: "        return decideClaims(request, token, known.claims);",
        replacement:
          '        return { kind: "allow", verified: { claims: known.claims, scopes: tokenScopes(known.claims) } as unknown as VerifiedClaims };',
      },
    ],
  },
  {
    name: "issuer-ignored",
    flaw: "Any issuer's name is taken where the key fits.",
    changes: [
      {
        file: claims,
        search: "if (issuer === authorizer.issuer) return undefined;",
        replacement: "if (issuer !== undefined || issuer === authorizer.issuer) return undefined;",
      },
    ],
  },
  {
    name: "audience-ignored",
    flaw: "Tokens of every client are taken.",
    changes: [
      {
        file: claims,
        search:
          "if (wellFormed && candidates.some((candidate) => authorizer.audience.includes(candidate))) return undefined;",
        replacement: "if (wellFormed || authorizer.audience.length > 0) return undefined;",
      },
    ],
  },
  {
    name: "audience-by-its-beginning",
    flaw: "A client's name that begins like the right one is taken.",
    changes: [
      {
        file: claims,
        search: "authorizer.audience.includes(candidate)",
        replacement: "authorizer.audience.some((one) => String(candidate).startsWith(one))",
      },
    ],
  },
  {
    name: "scopes-ignored",
    flaw: "The route's scopes are not asked for.",
    changes: [
      {
        file: authorizer,
        search: "if (required.length > 0 && !required",
        replacement: "if (required.length > 99 && !required",
      },
    ],
  },
  {
    name: "scopes-by-part",
    flaw: "A scope that holds the right one's text is taken.",
    changes: [
      {
        file: authorizer,
        search: "required.some((scope) => scopes.includes(scope))",
        replacement: 'required.some((scope) => scopes.join(" ").includes(scope))',
      },
    ],
  },
  {
    name: "subject-of-any-type",
    flaw: "A subject that is no text is taken.",
    changes: [
      {
        file: claims,
        search: 'if (value !== undefined && typeof value !== "string") {',
        replacement: 'if (value === null && typeof value !== "string") {',
      },
    ],
  },
  {
    name: "token-from-anywhere",
    flaw: "A token is looked for in other headers too.",
    changes: [
      {
        file: "harness/apigateway/gateway.ts",
        search: 'if (source.in === "header") return requestHeader(routed.exchange.request.headers, source.name);',
        replacement:
          'if (source.in === "header") return requestHeader(routed.exchange.request.headers, source.name) ?? requestHeader(routed.exchange.request.headers, "x-authorization");',
      },
    ],
  },
  {
    name: "basic-before-a-token",
    flaw: "Whatever word stands before the token, it is taken.",
    changes: [
      {
        file: authorizer,
        search: "request.identity.startsWith(BEARER) ? request.identity.slice(BEARER.length) : request.identity;",
        replacement: 'request.identity.split(" ").at(-1) ?? "";',
      },
    ],
  },
  {
    name: "function-runs-before-the-refusal",
    flaw: "The function is called first, and the refusal comes after it.",
    changes: [
      {
        file: "harness/apigateway/gateway.ts",
        search: '  return finishWithError(gateway, exchange, status, [["www-authenticate", challenge]]);',
        replacement:
          '  const refuse = () => finishWithError(gateway, exchange, status, [["www-authenticate", challenge]]);\n  return Promise.resolve(callIntegration(gateway, routed)).then(refuse);',
      },
    ],
  },
  {
    name: "policies-not-asked",
    flaw: "Whoever has signed may do everything with the tables.",
    changes: [
      {
        file: "harness/dynamodb/gate.ts",
        search: "if (denied !== undefined) return observe",
        replacement: "if (denied === null) return observe",
      },
    ],
  },
  {
    name: "signature-of-a-call-unchecked",
    flaw: "A signature under a known key is not compared.",
    changes: [
      { file: "harness/iam/signature.ts", search: "timingSafeEqual(", replacement: "((..._both: unknown[]) => true)(" },
    ],
  },
  {
    name: "no-throttle",
    flaw: "No request is too many.",
    changes: [
      {
        file: "harness/apigateway/throttle.ts",
        search: "if (tokens < 1) return false;",
        replacement: "if (tokens < -1e9) return false;",
      },
    ],
  },
  {
    name: "any-origin-reflected",
    flaw: "Every origin is allowed by saying it back.",
    changes: [
      {
        file: "harness/apigateway/cors.ts",
        search: "if (cors.allowOrigins.includes(origin)) return origin;",
        replacement: "if (cors.allowOrigins.length > 0) return origin;",
      },
    ],
  },
  {
    name: "heads-of-any-size",
    flaw: "Headers of any length are taken.",
    changes: [
      {
        file: "harness/apigateway/gateway.ts",
        search: "const MAXIMUM_HEAD_BYTES = 10_240;",
        replacement: "const MAXIMUM_HEAD_BYTES = 60_000;",
      },
    ],
  },
  {
    name: "open-to-the-network",
    flaw: "The servers listen on every address.",
    changes: [
      { file: "harness/http-server.ts", search: 'const HOST = "127.0.0.1";', replacement: 'const HOST = "0.0.0.0";' },
    ],
  },
  {
    name: "developers-routes-for-pages",
    flaw: "Pages of every origin may use the developer's routes.",
    changes: [
      {
        file: "harness/harness-routes.ts",
        search: "if (refusal !== undefined) return json(403, { message: refusal });",
        replacement: 'if (refusal !== undefined && request.method === "PUT") return json(403, { message: refusal });',
      },
    ],
  },
  {
    name: "token-in-the-journal",
    flaw: "The journal keeps the token.",
    changes: [
      {
        file: "harness/apigateway/gateway.ts",
        search: 'recordAuthorizer(gateway, routed, "allowed", "the token is valid");',
        replacement:
          'recordAuthorizer(gateway, routed, "allowed", `the token is valid: ${requestHeader(exchange.request.headers, "authorization")}`);',
      },
    ],
  },
  {
    name: "users-told-apart",
    flaw: "Sign-in tells that there is no such user.",
    changes: [
      {
        file: "harness/cognito/sign-in-candidate.ts",
        search: "candidate.user === undefined && !client.masksUserExistence",
        replacement: "candidate.user === undefined && client.masksUserExistence",
      },
    ],
  },
];
