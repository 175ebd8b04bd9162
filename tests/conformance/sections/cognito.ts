import { type Row, rowsOf, tested } from "../support/case.ts";

const row = rowsOf("cognito");
const walk = (name: string) => tested("tests/cognito/walk.test.ts", name);
const kinds = (name: string) => tested("tests/cognito/kinds-of-pools.test.ts", name);
const tokens = (name: string) => tested("tests/cognito/tokens.test.ts", name);
const administration = (name: string) => tested("tests/cognito/administration.test.ts", name);

/** What the user pool's API answers, and what is in its tokens: shown through the SDK, over real sockets. */
export const cognitoRows: readonly Row[] = [
  row(
    "access-token",
    "D O",
    "An access token has `client_id`, `scope`, `username`, `cognito:groups`, and nothing of the user's attributes.",
    "cognito-tokens floci-measured",
    { cases: [tokens("of an access token: exactly Cognito's, and nothing of the user but names")] },
  ),
  row(
    "id-token",
    "D",
    "An ID token has `aud`, the readable attributes with their types, and no scope.",
    "cognito-id-token",
    { cases: [tokens("of an ID token: readable attributes with Cognito's types, roles by precedence, no scope")] },
  ),
  row("two-keys", "O", "Access and ID tokens are signed by different keys of the pool's set.", "stackd", {
    cases: [tokens("of the header: the two kinds name different keys of the JWKS")],
  }),
  row(
    "revocation",
    "D",
    "Revocation ends the refresh token's sign-in for Cognito, and reaches no API.",
    "cognito-revocation",
    {
      cases: [
        tokens("ends one sign-in for Cognito, leaves the others, and is no error twice"),
        tokens("does not reach an API's authorizer: the key is still there and the token still verifies"),
      ],
    },
  ),
  row(
    "rotation",
    "D O",
    "With rotation a refresh token works once and within its grace period; a later use is refused and ends nothing else.",
    "cognito-refresh stackd",
    {
      cases: [
        tokens("each refresh token works once, within a grace period more often, and its reuse ends nothing else"),
        tokens("takes REFRESH_TOKEN_AUTH's place"),
      ],
    },
  ),
  row("password-policy", "O", "A password's faults are told one at a time, in Cognito's words.", "sign-up-reports", {
    cases: [walk("sign up: one password rule at a time, and a name only once")],
  }),
  row(
    "password-under-six",
    "conflict U",
    "A password under six characters: `InvalidParameterException` with the model's text (seen about 2020), or `InvalidPasswordException` (today's API model has no least length).",
    "identity-js#311",
    {
      ours: "`InvalidPasswordException`, as the model of today says; either way nobody is signed up.",
      cannot: "Both errors refuse the sign-up; which one it is, is not pinned.",
      shownBy: [["tests/cognito/walk.test.ts", "sign up: one password rule at a time, and a name only once"]],
    },
  ),
  row(
    "confirmed-already",
    "O",
    "ConfirmSignUp of a confirmed user: `User cannot be confirmed. Current status is CONFIRMED`.",
    "cognito-captures",
    { cases: [walk("unconfirmed: no sign-in; wrong code, right code, and not twice")] },
  ),
  row("admin-confirm", "O", "AdminConfirmSignUp confirms the user and verifies no address.", "cognito-captures", {
    cases: [administration("confirms without a code, which verifies nothing")],
  }),
  row(
    "alias-exists",
    "D",
    "An alias that is another user's: `AliasExistsException`, `An account with the email already exists.`",
    "cognito-aliases",
    {
      cases: [
        kinds("keeps the name, lets people in by the alias once verified, and guards both"),
        kinds("waits for its code where the pool says so: until then the old one signs in"),
      ],
    },
  ),
  row("refresh-after-password", "O", "Refresh tokens survive a change of the password.", "cognito-captures", {
    cases: [walk("sign in, refresh, read oneself, change the password")],
  }),
  row(
    "masking",
    "D O",
    "With `PreventUserExistenceErrors` nobody and somebody get the same answers, except on sign-up.",
    "cognito-errors stackd",
    {
      cases: [
        kinds("ENABLED: known and unknown users look the same, down to the limits"),
        kinds("LEGACY: an unknown user is told so everywhere"),
      ],
    },
  ),
  row(
    "masked-recovery",
    "D",
    "Under masking ForgotPassword alternates between a simulated answer and `InvalidParameterException`.",
    "cognito-errors",
    {
      ours: "Always the simulated answer: an answer that changes by chance cannot be tested against.",
      cases: [kinds("ENABLED: disabled and unverified users look unknown to ForgotPassword")],
    },
  ),
  row("secret-hash", "D", "A client with a secret must prove it in every call.", "cognito-secret-hash", {
    cases: [
      kinds("must prove its secret in every call, over Cognito's own user name once that is known"),
      kinds("a public client that sends a hash is told that it has none"),
    ],
  }),
  row("srp", "D I", "SRP as Amplify and amazon-cognito-identity-js compute it.", "identity-js", {
    cases: [
      tested("tests/cognito/srp.test.ts", "by the right password signs in, and its secret block works once"),
      tested(
        "tests/cognito/amazon-cognito-identity-js.test.ts",
        "sign-up, SRP sign-in, refresh, password change and recovery, as a browser does them",
      ),
      tested(
        "tests/cognito/aws-amplify-auth.test.ts",
        "Amplify signs up, signs in by SRP, refreshes, changes and recovers the password, signs out",
      ),
    ],
  }),
  row(
    "totp",
    "D",
    "An authenticator app: paired at the first sign-in where MFA is ON, asked for afterwards.",
    "cognito-totp",
    {
      cases: [
        kinds("ON: the first sign-in pairs an app, the later ones ask for its code, each code once"),
        kinds("OPTIONAL: asked for once the user prefers it, and no longer when not"),
        kinds("OFF: no app can be paired"),
      ],
    },
  ),
  row("code-lifetimes", "D", "A code of sign-up is good for a day, one of recovery for an hour.", "cognito-codes", {
    cases: [walk("codes expire: sign-up after a day, reset after an hour")],
  }),
  row(
    "lockout",
    "D I",
    "Wrong passwords lock a user out for a time that doubles; tries meanwhile count for nothing.",
    "cognito-lockout",
    {
      cases: [walk("six wrong passwords: the sixth is not even compared, and the lock opens by itself")],
    },
  ),
  row("hosted-pages", "D", "Hosted sign-in pages, identity providers, SMS, Lambda triggers.", "cognito-codes", {
    cannot: "Refused at start, by name.",
    shownBy: [["tests/cognito/pool/user-pool.test.ts", "deviceConfiguration"]],
  }),
];
