import { createHash, createHmac, hkdfSync, randomBytes } from "node:crypto";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { systemRandom } from "../../harness/cognito/random.ts";
import { passwordMatches, readPublicValue, srpCredential } from "../../harness/cognito/srp.ts";
import { isFreshTimestamp, readTimestamp } from "../../harness/cognito/srp-timestamp.ts";
import {
  clientId as ClientId,
  password,
  poolId,
  refusalOf,
  type ServedCognito,
  sdkFor,
  serveCognito,
  signUpConfirmed,
} from "../support/cognito-pool.ts";

/** RFC 3526, group 15: the client's own copy, so that a slip in the server's cannot pass. */
const N = BigInt(
  `0xFFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7EDEE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F83655D23DCA3AD961C62F356208552BB9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3BE39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF6955817183995497CEA956AE515D2261898FA051015728E5A8AAAC42DAD33170D04507A33A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7DB3970F85A6E1E4C7ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864D87602733EC86A64521F2B18177B200CBBE117577A615D6C770988C0BAD946E208E24FA074E5AB3143DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF`,
);

function power(base: bigint, exponent: bigint): bigint {
  let [result, square, rest] = [1n, base % N, exponent];
  for (; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % N;
    square = (square * square) % N;
  }
  return result;
}

const sha256 = (...parts: Buffer[]) => createHash("sha256").update(Buffer.concat(parts)).digest();
const number = (bytes: Buffer) => BigInt(`0x${bytes.toString("hex")}`);
const pad = (value: bigint) => {
  const hex = value.toString(16);
  const even = hex.length % 2 === 1 ? `0${hex}` : hex;
  return Buffer.from(Number.parseInt(even.charAt(0), 16) >= 8 ? `00${even}` : even, "hex");
};

/** An SRP client of the test's own, that can be told to lie. */
function srpClient(secretExponent = number(randomBytes(32))) {
  const A = power(2n, secretExponent);
  const k = number(sha256(pad(N), pad(2n)));
  const sign = (parameters: Readonly<Record<string, string>>, secret: string, timestamp: string) => {
    const { USER_ID_FOR_SRP: userId = "", SRP_B = "", SALT = "", SECRET_BLOCK = "" } = parameters;
    const B = BigInt(`0x${SRP_B}`);
    const poolName = poolId.split("_")[1] ?? "";
    const x = number(sha256(pad(BigInt(`0x${SALT}`)), sha256(Buffer.from(`${poolName}${userId}:${secret}`))));
    const u = number(sha256(pad(A), pad(B)));
    const S = power((((B - k * power(2n, x)) % N) + N) % N, secretExponent + u * x);
    const key = Buffer.from(hkdfSync("sha256", pad(S), pad(u), "Caldera Derived Key", 16));
    const message = Buffer.concat([
      Buffer.from(poolName + userId),
      Buffer.from(SECRET_BLOCK, "base64"),
      Buffer.from(timestamp),
    ]);
    return createHmac("sha256", key).update(message).digest("base64");
  };
  return { A: A.toString(16), sign };
}

/** `Wed Nov 5 09:05:00 UTC 2025` */
function stamp(milliseconds: number): string {
  const [day = "", date = "", month = "", year = "", time = ""] = new Date(milliseconds)
    .toUTCString()
    .replace(",", "")
    .split(" ");
  return `${day} ${month} ${Number(date)} ${time} UTC ${year}`;
}

let served: ServedCognito;
const Username = "srp@example.com";
beforeAll(async () => {
  served = await serveCognito();
  await signUpConfirmed(served, Username);
});
afterAll(async () => {
  expect(served.defects).toEqual([]);
  await served.close();
});

async function challenge(SRP_A: string, username = Username) {
  const { ChallengeParameters = {}, ChallengeName } = await sdkFor(served).initiateAuth({
    ClientId,
    AuthFlow: "USER_SRP_AUTH",
    AuthParameters: { USERNAME: username, SRP_A },
  });
  expect(ChallengeName).toBe("PASSWORD_VERIFIER");
  return ChallengeParameters;
}

interface Lie {
  readonly secret?: string;
  readonly timestamp?: string;
  readonly signature?: string;
  readonly username?: string;
  readonly secretBlock?: string;
}

async function prove(lie: Lie = {}, username = Username) {
  const client = srpClient();
  const parameters = await challenge(client.A, username);
  const TIMESTAMP = lie.timestamp ?? stamp(served.clock.nowMilliseconds());
  const ChallengeResponses = {
    USERNAME: lie.username ?? parameters.USER_ID_FOR_SRP ?? "",
    PASSWORD_CLAIM_SECRET_BLOCK: lie.secretBlock ?? parameters.SECRET_BLOCK ?? "",
    PASSWORD_CLAIM_SIGNATURE: lie.signature ?? client.sign(parameters, lie.secret ?? password, TIMESTAMP),
    TIMESTAMP,
  };
  const answer = () =>
    sdkFor(served).respondToAuthChallenge({ ClientId, ChallengeName: "PASSWORD_VERIFIER", ChallengeResponses });
  return { answer, ChallengeResponses };
}

const wrong = { name: "NotAuthorizedException", message: "Incorrect username or password." };

describe("a proof", () => {
  test("by the right password signs in, and its secret block works once", async () => {
    const { answer } = await prove();
    expect((await answer()).AuthenticationResult?.AccessToken).toBeDefined();
    expect(await refusalOf(answer())).toEqual(wrong);
  });

  test.each<[string, () => Lie]>([
    ["by a wrong password", () => ({ secret: "Wrong-horse-7" })],
    ["of random bytes", () => ({ signature: randomBytes(32).toString("base64") })],
    ["that is empty but for padding", () => ({ signature: "====" })],
    ["with a secret block that was never given out", () => ({ secretBlock: randomBytes(96).toString("base64") })],
    ["with a timestamp of an hour ago", () => ({ timestamp: stamp(served.clock.nowMilliseconds() - 3_600_000) })],
    ["with a timestamp of an hour ahead", () => ({ timestamp: stamp(served.clock.nowMilliseconds() + 3_600_000) })],
    ["with an ISO timestamp", () => ({ timestamp: new Date(served.clock.nowMilliseconds()).toISOString() })],
    ["that names the user by e-mail", () => ({ username: Username })],
  ])("%s is refused", async (_name, lie) => {
    const { answer } = await prove(lie());
    expect(await refusalOf(answer())).toEqual(wrong);
    served.clock.advance(1000);
  });

  test("that failed cannot be mended with the same secret block", async () => {
    const { answer, ChallengeResponses } = await prove({ secret: "Wrong-horse-7" });
    expect(await refusalOf(answer())).toEqual(wrong);
    expect(
      await refusalOf(
        sdkFor(served).respondToAuthChallenge({ ClientId, ChallengeName: "PASSWORD_VERIFIER", ChallengeResponses }),
      ),
    ).toEqual(wrong);
    served.clock.advance(1000);
  });

  test("comes too late after the client's three minutes", async () => {
    const { answer } = await prove();
    served.clock.advance(181);
    expect(await refusalOf(answer())).toEqual(wrong);
  });

  test("opened before six wrong ones is refused while the user is locked out", async () => {
    const good = await prove();
    for (let attempt = 0; attempt < 5; attempt += 1) {
      const bad = await prove({ secret: "Wrong-horse-7" });
      expect(await refusalOf(bad.answer())).toEqual(wrong);
    }
    expect((await refusalOf(good.answer())).message).toBe("Password attempts exceeded");
    served.clock.advance(2000);
  });
});

describe("SRP_A", () => {
  test.each([
    ["zero", "0"],
    ["zero at length", "0".repeat(768)],
    ["N", N.toString(16)],
    ["2N", (2n * N).toString(16)],
    ["not hexadecimal", "xyz"],
    ["negative", "-5"],
    ["far too long", "f".repeat(100_000)],
  ])("%s is refused", async (_name, value) => {
    expect((await refusalOf(challenge(value))).name).toBe("InvalidParameterException");
  });

  test("no multiple of N is read as a public value, everything else below N is", () => {
    fc.assert(fc.property(fc.bigInt(0n, 1n), (factor) => readPublicValue((factor * N).toString(16)) === undefined));
    fc.assert(fc.property(fc.bigInt(1n, N - 1n), (value) => readPublicValue(value.toString(16)) === value));
  });
});

describe("a user who does not exist", () => {
  test("gets a challenge like everybody: the same salt and id each time, a fresh B and block", async () => {
    const first = await challenge(srpClient().A, "nobody@example.com");
    const second = await challenge(srpClient().A, "Nobody@example.com");
    const real = await challenge(srpClient().A);
    expect(Object.keys(first).toSorted()).toEqual(Object.keys(real).toSorted());
    expect([second.SALT, second.USER_ID_FOR_SRP]).toEqual([first.SALT, first.USER_ID_FOR_SRP]);
    expect(second.SRP_B).not.toBe(first.SRP_B);
    expect(second.SECRET_BLOCK).not.toBe(first.SECRET_BLOCK);
    expect(first.USER_ID_FOR_SRP).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    const other = await challenge(srpClient().A, "someone@example.com");
    expect(other.SALT).not.toBe(first.SALT);
  });

  test("fails with the same words, and is locked out the same way", async () => {
    const messages: string[] = [];
    for (let attempt = 0; attempt < 5; attempt += 1) {
      const { answer } = await prove({}, "ghost@example.com");
      messages.push((await refusalOf(answer())).message);
    }
    messages.push((await refusalOf(challenge(srpClient().A, "ghost@example.com"))).message);
    expect(messages).toEqual([...Array(5).fill(wrong.message), "Password attempts exceeded"]);
  });
});

describe("a stored credential", () => {
  test("fits its own password and no other, and holds neither", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.string({ minLength: 1 }), (own, other) => {
        const credential = srpCredential("Pool", "user", own, systemRandom);
        expect(passwordMatches(credential, "Pool", "user", own)).toBe(true);
        expect(passwordMatches(credential, "Pool", "user", other)).toBe(own === other);
      }),
      { numRuns: 20 },
    );
  });
});

describe("a timestamp", () => {
  test("is read as the clients write it, at any time", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_102_444_799 }), (seconds) => {
        expect(readTimestamp(stamp(seconds * 1000))).toBe(seconds * 1000);
      }),
    );
  });

  test.each(["", "now", "Wed Nov 31 00:00:00 UTC 2025", "Wed Nov 5 24:00:00 UTC 2025", "Wed Foo 5 00:00:00 UTC 2025"])(
    "%j is none",
    (text) => expect(readTimestamp(text)).toBeUndefined(),
  );

  test("is fresh for five minutes either way", () => {
    const now = Date.UTC(2025, 10, 5, 12, 0, 0);
    const fresh = [-301, -300, 0, 300, 301].map((offset) => isFreshTimestamp(stamp(now + offset * 1000), now));
    expect(fresh).toEqual([false, true, true, true, false]);
  });
});
