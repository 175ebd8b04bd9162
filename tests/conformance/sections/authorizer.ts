import { answers, bearer, on, type Row, rowsOf } from "../support/case.ts";

const row = rowsOf("authorizer");
const echo = on("echo");
const CLAIMS = "/requestContext/authorizer/jwt/claims";

const allowed = { status: 200, ran: true, json: { [`${CLAIMS}/sub`]: "user-a" } } as const;
const invalid = {
  ...answers.unauthorized,
  header: { "www-authenticate": /^Bearer scope="" error="invalid_token" error_description="[^"\r\n]*"$/ },
} as const;
const accepts = (token: string, path = "/private") =>
  echo(`${token} is allowed`, `GET ${path}`, { headers: bearer(token), ...allowed });
const refuses = (token: string, reason: string, path = "/private") =>
  echo(token, `GET ${path}`, { headers: bearer(token), ...invalid, journal: ["authorizer", reason] });
const forbids = (token: string, path = "/scoped") =>
  echo(`${token} on ${path}`, `GET ${path}`, {
    headers: bearer(token),
    ...answers.forbidden,
    journal: ["authorizer", "the route asks for one of"],
  });
const header = (name: string, value: string, seen: object) =>
  echo(name, "GET /private", { headers: [["authorization", value]], ...(seen as typeof invalid) });

const protectedRows: readonly Row[] = [
  row(
    "order",
    "D O",
    "Stage, then route, then authorizer, then integration: an unrouted path is 404 with or without a token.",
    "routes live-probes",
    {
      cases: [
        echo("no token", "GET /nope", { ...answers.notFound, journal: ["route", "no route"] }),
        echo("a good token", "GET /nope", { headers: bearer("access"), ...answers.notFound }),
        echo("a broken token", "GET /nope", { headers: [["authorization", "x"]], ...answers.notFound }),
        on("throttled")("a bad token takes no token from the bucket", "GET /private", {
          before: ["GET /private", "GET /private", "GET /private"],
          ...answers.unauthorized,
          local: "buckets refill",
        }),
      ],
    },
  ),
  row(
    "identity-source",
    "D",
    "The token comes from the one configured source: a header or a query parameter, bare or after `Bearer `.",
    "jwt",
    {
      cases: [
        header("after Bearer", "Bearer <access>", allowed),
        header("bare", "<access>", allowed),
        on("query-token")("a query parameter", "GET /private?access_token=<access>", allowed),
        on("query-token")("a query parameter after Bearer", "GET /private?access_token=Bearer%20<access>", allowed),
        on("query-token")("the header is not the source", "GET /private", {
          headers: bearer("access"),
          ...answers.unauthorized,
          header: { "www-authenticate": "Bearer" },
        }),
        on("header-token")("another header", "GET /private", { headers: [["x-token", "<access>"]], ...allowed }),
        on("header-token")("Authorization is not the source", "GET /private", {
          headers: bearer("access"),
          ...answers.unauthorized,
        }),
        echo("a query parameter that is not the source", "GET /private?access_token=<access>", {
          ...answers.unauthorized,
          header: { "www-authenticate": "Bearer" },
        }),
        echo("the header's name in capitals", "GET /private", {
          headers: [["AUTHORIZATION", "Bearer <access>"]],
          ...allowed,
        }),
      ],
    },
  ),
  row(
    "prefix-case",
    "conflict U",
    "Whether `bearer` and `BEARER` are taken for `Bearer`.",
    "jwt serverless-offline yulin",
    {
      ours: "Only the documented spelling is removed; with any other the token is malformed: 401.",
      cases: [
        header("lower case", "bearer <access>", answers.unauthorized),
        header("upper case", "BEARER <access>", answers.unauthorized),
      ],
    },
  ),
  row("wrong-scheme", "O I", "Another scheme, or junk, is treated as a malformed token.", "live-probes", {
    cases: [
      header("Basic", "Basic dTpw", invalid),
      header("junk", "x", invalid),
      header("Bearer alone", "Bearer", invalid),
      header("Bearer and a space", "Bearer ", invalid),
      header("a space", " ", { ...answers.unauthorized, header: { "www-authenticate": "Bearer" } }),
      header("Bearer twice", "Bearer Bearer <access>", answers.unauthorized),
      header("two tokens", "Bearer <access> <access>", answers.unauthorized),
      header("two spaces", "Bearer  <access>", answers.unauthorized),
    ],
  }),
  row(
    "error-texts",
    "O",
    "A message is that of the jwt-go family of libraries: `token contains an invalid number of segments`.",
    "sam#1300 live-probes",
    {
      cases: [
        header("one segment", "Bearer x", {
          ...invalid,
          header: { "www-authenticate": /token contains an invalid number of segments"$/ },
        }),
        header("two segments", "Bearer <two-segments>", {
          ...invalid,
          header: { "www-authenticate": /invalid number of segments"$/ },
        }),
        header("four segments", "Bearer <four-segments>", {
          ...invalid,
          header: { "www-authenticate": /invalid number of segments"$/ },
        }),
      ],
    },
  ),
  row(
    "algorithms",
    "D O",
    "RSA algorithms only: `none`, HMAC with the public key as secret and elliptic curves are refused.",
    "jwt live-probes",
    {
      cases: [
        accepts("access"),
        accepts("rs384"),
        accepts("rs512"),
        ...[
          "none",
          "none-signed",
          "none-mixed",
          "hs256-pem",
          "hs256-der",
          "hs256-modulus",
          "hs256-modulus-text",
          "hs256-empty",
          "hs512-pem",
          "es256",
          "eddsa",
          "alg-lower",
          "alg-mixed",
          "alg-missing",
          "alg-list",
        ].map((token) => refuses(token, "algorithm")),
      ],
    },
  ),
  row("algorithms-pss", "U", "Whether RSASSA-PSS counts as RSA.", "jwt", {
    ours: "Refused: nothing says that AWS takes it.",
    cases: [refuses("ps256", "algorithm")],
  }),
  row("signature", "O", "A signature that is not the issuer's, or is for another text, is refused.", "live-probes", {
    cases: [
      ...["bent-signature", "bent-payload", "other-key", "rs512-by-rs256"].map((token) =>
        refuses(token, "signature check failed"),
      ),
      ...["no-signature", "padded", "spare-bits", "not-base64url", "not-json"].map((token) => refuses(token, "")),
    ],
  }),
  row(
    "header-keys",
    "I",
    "Keys and addresses of keys inside a token (`jwk`, `jku`, `x5c`, `x5u`) are ignored; a token with a critical extension that is not understood is refused.",
    "rfc7515",
    {
      cases: [
        ...["embedded-jwk", "embedded-jku", "embedded-x5c"].map((token) => refuses(token, "signature check failed")),
        refuses("crit", "critical extensions"),
        refuses("unencoded", "unencoded payload"),
        accepts("typ-at"),
        accepts("no-typ"),
      ],
    },
  ),
  row("kid", "D", "The header names, by `kid`, a key that the issuer publishes.", "jwt", {
    cases: [
      ...["no-kid", "kid-number", "kid-empty"].map((token) => refuses(token, "no kid")),
      ...["unknown-kid", "kid-path", "kid-proto"].map((token) => refuses(token, "no key under the token's kid")),
    ],
  }),
  row("iss", "D O", "`iss` equals the configured issuer, character for character.", "jwt ask-around-me#3", {
    cases: [
      "issuer-slash",
      "issuer-http",
      "issuer-upper",
      "issuer-pool",
      "issuer-region",
      "no-issuer",
      "issuer-list",
    ].map((token) => refuses(token, "iss is")),
  }),
  row(
    "issuer-as-configured",
    "D O",
    "The configured issuer is taken as it is written: a slash at its end, `http`, capitals, or another pool's or region's name refuse the pool's tokens.",
    "jwt ask-around-me#3",
    {
      cases: [
        ...[
          "issuer-with-slash",
          "issuer-by-http",
          "issuer-in-capitals",
          "issuer-of-another-pool",
          "issuer-of-another-region",
        ].map((api) =>
          on(api)(api, "GET /private", { headers: bearer("access"), ...invalid, journal: ["authorizer", "iss is"] }),
        ),
        on("discovered-with-slash")("an issuer whose own name ends in a slash", "GET /private", {
          headers: [["authorization", "Bearer <discovered-slash>"]],
          ...allowed,
        }),
        on("discovered-with-slash")("and a token that leaves the slash out", "GET /private", {
          headers: [["authorization", "Bearer <discovered-bare>"]],
          ...invalid,
          journal: ["authorizer", "iss is"],
        }),
      ],
    },
  ),
  row(
    "aud",
    "D O",
    "`aud` (text, or any entry of a list) is one of the audiences; `client_id` counts only where `aud` is absent.",
    "jwt jwt-troubleshooting ask-around-me#3",
    {
      cases: [
        ...["aud-text", "aud-second", "aud-list", "aud-right-client-wrong"].map((token) => accepts(token)),
        ...["aud-wrong", "aud-wrong-list", "aud-empty-list", "aud-wrong-client-right", "aud-null"].map((token) =>
          refuses(token, "aud is"),
        ),
        ...["client-wrong", "client-list", "no-audience"].map((token) => refuses(token, "client_id is")),
      ],
    },
  ),
  row("times", "D I", "`exp` is after now; `nbf` and `iat`, where they are, are not.", "jwt guide#76", {
    cases: [
      ...["expired", "expired-just-now", "expired-long-ago", "exp-negative"].map((token) =>
        refuses(token, "is not after now"),
      ),
      ...["nbf-future", "iat-future"].map((token) => refuses(token, "is after now")),
      ...["nbf-past", "no-iat", "exp-float"].map((token) => accepts(token)),
      refuses("nbf-text", "not a time"),
    ],
  }),
  row("exp-missing", "U", "What AWS does with a token that has no usable `exp`.", "yulin stackd", {
    ours: "Refused: a token that never ends is the worse mistake.",
    cases: ["no-exp", "exp-text", "exp-huge", "exp-null"].map((token) => refuses(token, "exp is")),
  }),
  row("skew", "U", "How far clocks may differ.", "jwt yulin", {
    ours: "No difference is allowed: AWS documents no leeway.",
    cases: [
      refuses("expires-now", "is not after now"),
      accepts("expires-next"),
      // A good token of an issuer whose clock is five minutes ahead of the gateway's.
      refuses("clock-ahead", "iat 1800000300 is after now"),
    ],
  }),
  row(
    "scopes",
    "D O",
    "One of the route's scopes must be a word of `scope` or `scp`; a route without scopes asks for none.",
    "jwt floci-measured",
    {
      cases: [
        accepts("no-scope"),
        ...["writer", "scp-list", "scp-text", "second-scope"].map((token) => accepts(token, "/scoped")),
        ...["longer-scope", "access", "no-scope", "scope-list"].map((token) => forbids(token)),
      ],
    },
  ),
  row(
    "unchecked",
    "I",
    "`token_use`, `azp`, `jti` and revocation are not checked: a token is valid until its `exp`.",
    "jwt aws-jwt-verify#170",
    {
      cases: [
        accepts("revoked"),
        accepts("other-use"),
        echo("no sub", "GET /private", {
          headers: bearer("no-sub"),
          status: 200,
          ran: true,
          json: { [`${CLAIMS}/sub`]: "<absent>" },
        }),
      ],
    },
  ),
  row(
    "access-token",
    "D O",
    "Cognito's access token passes by `client_id`, and has scopes for scoped routes.",
    "jwt floci-measured",
    {
      cases: [
        echo("an open one", "GET /private", {
          headers: bearer("access"),
          status: 200,
          ran: true,
          json: {
            [`${CLAIMS}/token_use`]: "access",
            [`${CLAIMS}/username`]: /./,
            [`${CLAIMS}/email`]: "<absent>",
          },
        }),
        echo("a scoped one", "GET /scoped-sign-in", { headers: bearer("access"), ...allowed }),
      ],
    },
  ),
  row(
    "id-token",
    "D",
    "Cognito's ID token passes on routes without scopes, and never on scoped ones.",
    "jwt cognito-tokens",
    {
      cases: [
        echo("an open one", "GET /private", {
          headers: bearer("id"),
          status: 200,
          ran: true,
          json: {
            [`${CLAIMS}/token_use`]: "id",
            [`${CLAIMS}/sub`]: "user-a",
            [`${CLAIMS}/client_id`]: "<absent>",
          },
        }),
        echo("with the user's attributes", "GET /private", {
          headers: bearer("id"),
          status: 200,
          ran: true,
          json: {
            [`${CLAIMS}/email`]: "ana@example.com",
            [`${CLAIMS}/custom:team`]: "t1",
            [`${CLAIMS}/email_verified`]: "true",
          },
          local: "a deployed pool's users have attributes of their own",
        }),
        forbids("id"),
        forbids("id", "/scoped-sign-in"),
      ],
    },
  ),
  row(
    "discovery",
    "O D",
    "Keys are found through the issuer's `/.well-known/openid-configuration` and its `jwks_uri`.",
    "live-probes limits-guide",
    {
      cases: [
        on("discovered-issuer")("an issuer on the network", "GET /private", {
          headers: [["authorization", "Bearer <discovered>"]],
          ...allowed,
          local: "the issuer is on this machine",
        }),
        on("discovered-issuer")("another issuer's token", "GET /private", {
          headers: bearer("access"),
          ...invalid,
          local: "the issuer is on this machine",
        }),
      ],
    },
  ),
  row(
    "discovery-at-creation",
    "O",
    "The discovery document is read when an authorizer is made; where that fails, so does the deployment.",
    "live-probes",
    {
      cannot:
        "Starting offline reads no network: the first request finds it out instead, and is refused, as the cases of the discovery document and the key set show.",
      shownBy: [
        ["tests/apigateway/external-issuers.test.ts", "a key is found by discovery, and then at once"],
        ["tests/apigateway/external-issuers.test.ts", "nobody there"],
      ],
    },
  ),
  row(
    "import",
    "I",
    "An OpenAPI import with a bad issuer may drop authorizer and routes with a warning.",
    "lost-authorizers",
    {
      cannot: "OpenAPI bodies are refused at start.",
      shownBy: [["tests/apigateway/http-api.test.ts", "an OpenAPI document"]],
    },
  ),
  row(
    "key-cache",
    "conflict D O",
    "Keys may be cached for two hours (documented); hosts read them far more often (observed).",
    "jwt live-probes",
    {
      ours: "Keys are read again after five minutes. A key that is no longer in the set is no longer accepted.",
      cannot: "Needs minutes: shown with a clock that the test moves.",
      shownBy: [
        [
          "tests/apigateway/external-issuers.test.ts",
          "a set that has grown old vouches for nothing when it cannot be read again",
        ],
        [
          "tests/apigateway/external-issuers.test.ts",
          "a token of such an issuer is accepted, and refused once its key has left and the set has grown old",
        ],
      ],
    },
  ),
  row("unknown-kid-refetch", "U", "Whether an unknown `kid` makes the gateway read the keys again.", "jwt", {
    ours: "It does, at most once in five seconds for each issuer.",
    cannot: "Needs an issuer that changes its keys: shown with a clock that the test moves.",
    shownBy: [
      [
        "tests/apigateway/external-issuers.test.ts",
        "a flood of random key ids makes one reading, and no more until the interval is over",
      ],
    ],
  }),
  row(
    "quotas",
    "D",
    "1500 ms each for discovery and keys, 150,000 bytes of keys, 50 audiences, 10 scopes a route.",
    "limits-guide",
    {
      cases: [
        on("full-set")("a key set of 150,000 bytes", "GET /private", {
          headers: [["authorization", "Bearer <full-set>"]],
          ...allowed,
        }),
        on("overfull-set")("and of one byte more", "GET /private", {
          headers: [["authorization", "Bearer <overfull-set>"]],
          ...invalid,
          journal: ["authorizer", "key set: more than 150000 bytes"],
        }),
      ],
      cannot: "A slow issuer takes its time: shown with a shorter limit. Audiences and scopes are refused at start.",
      shownBy: [
        ["tests/apigateway/external-issuers.test.ts", "documents that do not serve"],
        ["tests/apigateway/external-issuers.test.ts", "a provider that never answers is given up"],
        ["tests/apigateway/http-api.test.ts", "too many scopes"],
        ["tests/conformance/sections/not-emulated.ts", "More than 50 audiences (AWS refuses them too)"],
      ],
    },
  ),
  row(
    "token-size",
    "D",
    "A token is limited by the 10,240 bytes of request line and header values alone.",
    "limits-guide",
    {
      cases: [
        accepts("large"),
        echo("too large", "GET /private", {
          headers: [["authorization", `Bearer ${"x".repeat(10_300)}`]],
          status: 431,
          ran: false,
        }),
      ],
    },
  ),
  row("several-headers", "U", "Several Authorization headers.", "lambda-proxy", {
    ours: "They are joined by a comma like any header, so that the token is malformed: 401.",
    cases: [
      echo("both good", "GET /private", {
        headers: [...bearer("access"), ...bearer("access")],
        ...answers.unauthorized,
      }),
      echo("a bad one and a good one", "GET /private", {
        headers: [["authorization", "x"], ...bearer("access")],
        ...answers.unauthorized,
      }),
      echo("an empty one and a good one", "GET /private", {
        headers: [["authorization", ""], ...bearer("access")],
        ...answers.unauthorized,
      }),
    ],
  }),
  row("several-sources", "U", "Which of several identity sources is read.", "jwt", {
    ours: "An authorizer with more than one is refused at start.",
    cases: [
      echo("the query says another user", "GET /private?authorization=<id>&access_token=<id>", {
        headers: bearer("access"),
        status: 200,
        ran: true,
        json: { [`${CLAIMS}/token_use`]: "access" },
      }),
      on("query-token")("the parameter twice", "GET /private?access_token=<access>&access_token=<access>", {
        ...answers.unauthorized,
      }),
    ],
  }),
  row("strict-json", "U", "Tokens with repeated names, or claims that are no object.", "rfc7519 rfc7515", {
    ours: "Refused: two readers could see two users in one token.",
    cases: ["duplicate-key", "payload-list", "payload-text", "payload-broken", "payload-null"].map((token) =>
      refuses(token, "payload"),
    ),
  }),
  row("claim-of-wrong-type", "U", "A `sub` that is not text.", "rfc7519", {
    ours: 'Refused: claims reach the function as text, where 5 and "5" would be one user.',
    cases: [refuses("sub-number", "sub is"), refuses("sub-object", "sub is")],
  }),
];

const openRow = row(
  "type-decides",
  "O",
  "`authorizationType` alone protects a route: one that only names an authorizer is open.",
  "pulumi#8302",
  {
    cases: [
      on("loose")("no type", "GET /forgotten", {
        status: 200,
        ran: true,
        journal: ["authorizer", "the route is open"],
      }),
      on("loose")("NONE", "GET /none", { status: 200, ran: true, journal: ["authorizer", "the route is open"] }),
    ],
  },
);

export const authorizerRows: readonly Row[] = [...protectedRows, openRow];

export const refusalRows: readonly Row[] = [
  rowsOf("refusals")(
    "no-token",
    "O",
    "No token: 401, `www-authenticate: Bearer` and nothing else in it.",
    "live-probes",
    {
      cases: [
        echo("no header", "GET /private", {
          ...answers.unauthorized,
          header: { "www-authenticate": "Bearer" },
          journal: ["authorizer", "no token"],
        }),
        header("empty", "", { ...answers.unauthorized, header: { "www-authenticate": "Bearer" } }),
        echo("a scoped route", "GET /scoped", { ...answers.unauthorized, header: { "www-authenticate": "Bearer" } }),
        echo("with a body", "POST /private", {
          body: "{}",
          ...answers.unauthorized,
          header: { "www-authenticate": "Bearer" },
        }),
      ],
    },
  ),
  rowsOf("refusals")(
    "malformed",
    "O",
    "Not three segments: challenge parameters separated by spaces, `scope` first.",
    "live-probes",
    {
      cases: [
        header("junk", "Bearer x", {
          ...answers.unauthorized,
          header: {
            "www-authenticate":
              'Bearer scope="" error="invalid_token" error_description="token contains an invalid number of segments"',
          },
        }),
        header("a dot", "Bearer .", {
          ...answers.unauthorized,
          header: {
            "www-authenticate":
              'Bearer scope="" error="invalid_token" error_description="token contains an invalid number of segments"',
          },
        }),
        header("quotes", 'Bearer "x"', {
          ...answers.unauthorized,
          header: {
            "www-authenticate":
              'Bearer scope="" error="invalid_token" error_description="token contains an invalid number of segments"',
          },
        }),
      ],
    },
  ),
  rowsOf("refusals")("audience", "D", "A wrong audience has a text of its own.", "jwt-troubleshooting", {
    cases: ["aud-wrong", "client-wrong", "no-audience"].map((token) =>
      echo(token, "GET /private", {
        headers: bearer(token),
        ...answers.unauthorized,
        header: {
          "www-authenticate":
            'Bearer scope="" error="invalid_token" error_description="the token does not have a valid audience"',
        },
      }),
    ),
  }),
  rowsOf("refusals")("discovery", "O", "An issuer whose discovery document cannot be read.", "live-probes", {
    cases: [
      on("unreachable-issuer")("nobody listens", "GET /private", {
        headers: [["authorization", "Bearer <unreachable>"]],
        ...answers.unauthorized,
        header: {
          "www-authenticate":
            'Bearer scope="" error="invalid_token" error_description="OIDC discovery endpoint communication error"',
        },
        journal: ["authorizer", "discovery document"],
      }),
    ],
  }),
  rowsOf("refusals")("jwks", "O", "An issuer whose keys cannot be read.", "live-probes", {
    cases: [
      on("keyless-issuer")("no keys there", "GET /private", {
        headers: [["authorization", "Bearer <keyless>"]],
        ...answers.unauthorized,
        header: {
          "www-authenticate": 'Bearer scope="" error="invalid_token" error_description="JWKS communication error"',
        },
        journal: ["authorizer", "key set"],
      }),
    ],
  }),
  rowsOf("refusals")(
    "signature",
    "O U",
    "A forged token: 401 and the 26 bytes; the description was never recorded.",
    "live-probes",
    {
      ours: "A description of our own behind the prefix that all captures share. The library that AWS's other texts come from would say `crypto/rsa: verification error`.",
      cases: ["bent-signature", "other-key"].map((token) =>
        echo(token, "GET /private", { headers: bearer(token), ...invalid }),
      ),
    },
  ),
  rowsOf("refusals")(
    "signing-method",
    "O I",
    "An algorithm that is not RSA is named, before the key is looked for: `signing method ES256 is invalid`. That others are named alike is inferred from the library.",
    "es256-logs jwt-go",
    {
      cases: [
        ["es256", "ES256"],
        ["none", "none"],
        ["hs256-modulus", "HS256"],
      ].map(([token = "", algorithm]) =>
        echo(token, "GET /private", {
          headers: bearer(token),
          ...answers.unauthorized,
          header: {
            "www-authenticate": `Bearer scope="" error="invalid_token" error_description="signing method ${algorithm} is invalid"`,
          },
        }),
      ),
    },
  ),
  rowsOf("refusals")("issuer", "O", "A wrong issuer: `issuer does not match`.", "issuer-log", {
    cases: [
      echo("another pool's token", "GET /private", {
        headers: bearer("issuer-pool"),
        ...answers.unauthorized,
        header: {
          "www-authenticate": 'Bearer scope="" error="invalid_token" error_description="issuer does not match"',
        },
      }),
    ],
  }),
  rowsOf("refusals")(
    "claims",
    "U",
    "The description for a token that is not valid yet, or an unknown key.",
    "jwt-troubleshooting",
    {
      ours: "A description of our own, never a part of the token.",
      cases: ["unknown-kid", "nbf-future"].map((token) =>
        echo(token, "GET /private", { headers: bearer(token), ...invalid }),
      ),
    },
  ),
  rowsOf("refusals")(
    "scope",
    "O",
    "A scope that the token lacks: 403, the 23 bytes, and a challenge with the route's scopes, in the description as a list in brackets.",
    "floci-measured scope-capture",
    {
      cases: [
        echo("two scopes", "GET /scoped", {
          headers: bearer("access"),
          ...answers.forbidden,
          header: {
            "www-authenticate":
              'Bearer scope="todos/write todos/admin" error="insufficient_scope" error_description="expected scopes: [todos/write todos/admin]"',
            "content-type": "application/json",
          },
        }),
        echo("one scope", "GET /scoped-sign-in", {
          headers: bearer("id"),
          ...answers.forbidden,
          header: {
            "www-authenticate":
              'Bearer scope="aws.cognito.signin.user.admin" error="insufficient_scope" error_description="expected scopes: [aws.cognito.signin.user.admin]"',
          },
        }),
      ],
    },
  ),
  rowsOf("refusals")(
    "scopes-in-challenge",
    "O",
    "Every challenge names the route's scopes; `scope` is empty only where the route has none, and without a token the challenge is bare.",
    "keitakn-capture jwt-troubleshooting",
    {
      cases: [
        echo("an expired token", "GET /scoped", {
          headers: bearer("expired"),
          ...answers.unauthorized,
          header: {
            "www-authenticate":
              'Bearer scope="todos/write todos/admin" error="invalid_token" error_description="the token has expired"',
          },
        }),
        echo("an expired token, no scopes", "GET /private", {
          headers: bearer("expired"),
          ...answers.unauthorized,
          header: {
            "www-authenticate": 'Bearer scope="" error="invalid_token" error_description="the token has expired"',
          },
        }),
        echo("junk", "GET /scoped", {
          headers: [["authorization", "Bearer x"]],
          ...answers.unauthorized,
          header: {
            "www-authenticate":
              'Bearer scope="todos/write todos/admin" error="invalid_token" error_description="token contains an invalid number of segments"',
          },
        }),
        echo("no token", "GET /scoped", { ...answers.unauthorized, header: { "www-authenticate": "Bearer" } }),
      ],
    },
  ),
  rowsOf("refusals")(
    "content-type",
    "O",
    "The answers are `application/json` in captures of 2021 to 2026; one of 2020 has no type.",
    "401-of-2024 dotnet-captures jwt-troubleshooting",
    {
      cases: [
        echo("a 401", "GET /private", { ...answers.unauthorized, header: { "content-type": "application/json" } }),
      ],
    },
  ),
  rowsOf("refusals")("no-rest-texts", "O", "Texts and headers of REST APIs do not appear.", "live-probes floci#2136", {
    cases: [
      echo("an expired token", "GET /private", {
        headers: bearer("expired"),
        ...answers.unauthorized,
        header: { "x-amzn-errortype": "<absent>" },
      }),
      echo("an unknown path", "GET /nope", { ...answers.notFound }),
    ],
  }),
  rowsOf("refusals")(
    "function-untouched",
    "O",
    "A refusal never reaches the function, and leaves the integration's latency unset.",
    "live-probes",
    {
      cases: [
        on("logged")("a 401", "GET /private", {
          ...answers.unauthorized,
          access: {
            status: "401",
            integrationLatency: "-",
            integrationStatus: "-",
            "authorizer.claims.sub": "-",
          },
        }),
        on("logged")("a 401 with a cause", "GET /private", {
          headers: bearer("aud-wrong"),
          ...answers.unauthorized,
          access: {
            "authorizer.error": "invalid_token: the token does not have a valid audience",
            integrationLatency: "-",
          },
        }),
        on("logged")("a 403", "GET /scoped", {
          headers: bearer("access"),
          ...answers.forbidden,
          access: { status: "403", integrationLatency: "-", "error.message": "Forbidden" },
        }),
      ],
    },
  ),
  rowsOf("refusals")(
    "log",
    "O I",
    "`$context.authorizer.error` is `missing: token not provided` without a token, else the challenge's error and description; that a lacking scope is logged so too is inferred.",
    "missing-logs issuer-log",
    {
      cases: [
        on("logged")("no token", "GET /private", {
          ...answers.unauthorized,
          access: { "authorizer.error": "missing: token not provided" },
        }),
        on("logged")("a wrong issuer", "GET /private", {
          headers: bearer("issuer-pool"),
          ...answers.unauthorized,
          access: { "authorizer.error": "invalid_token: issuer does not match" },
        }),
        on("logged")("ES256", "GET /private", {
          headers: bearer("es256"),
          ...answers.unauthorized,
          access: { "authorizer.error": "invalid_token: signing method ES256 is invalid" },
        }),
        on("logged")("a lacking scope", "GET /scoped", {
          headers: bearer("access"),
          ...answers.forbidden,
          access: { "authorizer.error": /^insufficient_scope: expected scopes: \[.+\]$/ },
        }),
      ],
    },
  ),
];
