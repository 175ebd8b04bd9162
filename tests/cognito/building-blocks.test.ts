import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkCode, issueCode } from "../../harness/cognito/codes.ts";
import { isRefusal } from "../../harness/cognito/errors.ts";
import { lockoutMilliseconds, passwordAttempts } from "../../harness/cognito/lockout.ts";
import { policyViolation } from "../../harness/cognito/pool/password-policy.ts";
import { randomText, sixDigits, systemRandom } from "../../harness/cognito/random.ts";
import { secretHash } from "../../harness/cognito/secret-hash.ts";
import { boolean, integer, list, oneOf, optional, string, stringMap, structure } from "../../harness/cognito/shapes.ts";
import { base32, fromBase32, matchingStep, totpCode } from "../../harness/cognito/totp.ts";
import { readUserFilter } from "../../harness/cognito/user-filter.ts";

describe("TOTP", () => {
  const secret = base32(Buffer.from("12345678901234567890"));

  /** RFC 6238, appendix B, SHA-1; the last six of its eight digits. */
  test.each([
    [59, "287082"],
    [1_111_111_109, "081804"],
    [1_111_111_111, "050471"],
    [1_234_567_890, "005924"],
    [2_000_000_000, "279037"],
    [20_000_000_000, "353130"],
  ])("at second %d is %s", (second, code) => expect(totpCode(secret, Math.floor(second / 30))).toBe(code));

  test("base32 comes back as it went", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 40 }), (bytes) => {
        expect(fromBase32(base32(Buffer.from(bytes)))).toEqual(Buffer.from(bytes));
      }),
    );
  });

  test("a code is good in its own step and one either way", () => {
    const steps = [-61_000, -30_000, 0, 30_000, 61_000].map((offset) =>
      matchingStep(secret, totpCode(secret, 100), 3_000_000 + offset),
    );
    expect(steps).toEqual([undefined, 100, 100, 100, undefined]);
  });
});

test("SECRET_HASH is the HMAC of name and client id", () => {
  expect(secretHash("key", "The quick brown fox jumps over ", "the lazy dog")).toBe(
    Buffer.from("f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8", "hex").toString("base64"),
  );
});

describe("lockout", () => {
  test("doubles from a second to a quarter of an hour", () => {
    expect([0, 4, 5, 6, 7, 14, 15, 1000].map(lockoutMilliseconds)).toEqual([
      0, 0, 1000, 2000, 4000, 512_000, 900_000, 900_000,
    ]);
  });

  test("tries while locked count for nothing; a quarter of an hour without tries forgets", () => {
    const attempts = passwordAttempts();
    for (let failure = 0; failure < 5; failure += 1) attempts.failed("a", 0);
    expect(attempts.check("a", 999)?.message).toBe("Password attempts exceeded");
    expect(attempts.check("b", 0)).toBeUndefined();
    expect(attempts.check("a", 1000)).toBeUndefined();
    attempts.failed("a", 901_000);
    expect(attempts.check("a", 901_000)).toBeUndefined();
  });

  test("memory is bounded", () => {
    const attempts = passwordAttempts(2);
    for (const key of ["a", "b", "c"]) for (let failure = 0; failure < 5; failure += 1) attempts.failed(key, 0);
    expect(["a", "b", "c"].map((key) => attempts.check(key, 0)?.name)).toEqual([
      undefined,
      "NotAuthorizedException",
      "NotAuthorizedException",
    ]);
  });
});

describe("codes", () => {
  const context = { purpose: "sign-up", secret: Buffer.from("secret"), nowMilliseconds: 0 } as const;
  const issued = () => {
    const made = issueCode(undefined, context, systemRandom);
    if (isRefusal(made)) throw new Error("a first code is never refused");
    return made;
  };

  test("are six digits, drawn again where the draw would be unfair", () => {
    const draws = [0xffff_ffff, 4_294_000_000, 3_999_999_999].map((value) => {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(value);
      return bytes;
    });
    expect(sixDigits({ bytes: () => draws.shift() ?? Buffer.alloc(4), uuid: () => "" })).toBe("999999");
    expect(sixDigits({ bytes: () => Buffer.from([0, 0, 0, 7]), uuid: () => "" })).toBe("000007");
  });

  test("are stored as a keyed hash, and for one purpose", () => {
    const { code, state } = issued();
    expect(JSON.stringify(state)).not.toContain(code);
    expect(checkCode(state, code, { ...context, purpose: "password-reset" }).refusal?.name).toBe(
      "CodeMismatchException",
    );
    expect(checkCode(state, code, context).refusal).toBeUndefined();
  });

  test("any other text is a mismatch", () => {
    const { code, state } = issued();
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(checkCode(state, text, context).refusal?.name).toBe(text === code ? undefined : "CodeMismatchException");
      }),
    );
  });
});

describe("the password policy", () => {
  const policy = {
    minimumLength: 8,
    requireUppercase: true,
    requireLowercase: true,
    requireNumbers: true,
    requireSymbols: true,
    temporaryPasswordValidityDays: 7,
    historySize: 0,
  };

  test.each([...`^$*.[]{}()?"!@#%&/\\,><':;|_~\`=+-`])("%s is a symbol", (symbol) => {
    expect(policyViolation(policy, `Abcdef1${symbol}`)).toBeUndefined();
  });

  test("a space is a symbol inside, not at an end; a letter with an accent is none", () => {
    expect(policyViolation(policy, "Abc def1")).toBeUndefined();
    expect(policyViolation(policy, "Abcdefg1 ")).toBe("Password must have symbol characters");
    expect(policyViolation(policy, "Abcdefg1é")).toBe("Password must have symbol characters");
  });

  test("an empty policy takes anything long enough", () => {
    const lax = {
      ...policy,
      requireUppercase: false,
      requireLowercase: false,
      requireNumbers: false,
      requireSymbols: false,
    };
    fc.assert(fc.property(fc.string({ minLength: 8 }), (text) => policyViolation(lax, text) === undefined));
  });
});

describe("shapes", () => {
  const shape = structure({
    Text: string({ min: 2, max: 4, pattern: /^\w+$/ }),
    Flag: optional(boolean),
    Count: optional(integer(0, 9)),
    Kind: optional(oneOf("A", "B")),
    Items: optional(list(string({ max: 3 }), 2)),
    Map: optional(stringMap({ max: 3 })),
  });

  test("read what fits, and leave out what is null or unknown", () => {
    const read = shape.read(
      { Text: "abc", Flag: null, Count: 3, Items: ["x"], Map: { a: "b", c: null }, Other: 1 },
      "body",
    );
    expect(read).toEqual({ Text: "abc", Count: 3, Items: ["x"], Map: new Map([["a", "b"]]) });
  });

  test.each<[unknown, string, string]>([
    [{}, "InvalidParameterException", "Value at 'text' failed to satisfy constraint: Member must not be null"],
    [{ Text: "a" }, "InvalidParameterException", "Member must have length greater than or equal to 2"],
    [{ Text: "abcde" }, "InvalidParameterException", "Member must have length less than or equal to 4"],
    [{ Text: "a-b" }, "InvalidParameterException", "Member must satisfy regular expression pattern: ^\\w+$"],
    [{ Text: "ab", Kind: "C" }, "InvalidParameterException", "Member must satisfy enum value set: [A, B]"],
    [{ Text: "ab", Count: 10 }, "InvalidParameterException", "Member must have value less than or equal to 9"],
    [{ Text: 5 }, "SerializationException", ""],
    [{ Text: "ab", Flag: "true" }, "SerializationException", ""],
    [{ Text: "ab", Count: 1.5 }, "SerializationException", ""],
    [{ Text: "ab", Items: {} }, "SerializationException", ""],
    [{ Text: "ab", Map: [] }, "SerializationException", ""],
    [[], "SerializationException", ""],
  ])("refuse %j", (value, name, message) => {
    const read = shape.read(value, "body");
    expect(isRefusal(read) && read.name).toBe(name);
    expect(isRefusal(read) && read.message).toContain(message);
  });

  test("names of the prototype are only names", () => {
    const body: unknown = JSON.parse(
      '{"Text":"abc","Map":{"__proto__":"x","constructor":"y"},"__proto__":{"Flag":true}}',
    );
    const read = shape.read(body, "body");
    if (isRefusal(read)) throw new Error(read.message);
    expect(read.Flag).toBeUndefined();
    expect([...(read.Map ?? [])]).toEqual([
      ["__proto__", "x"],
      ["constructor", "y"],
    ]);
  });

  test("no JSON value makes them throw", () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => void shape.read(value, "body")));
  });
});

test("random text keeps to its alphabet and length", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 50 }),
      (length) =>
        /^[abc]*$/.test(randomText(systemRandom, length, "abc")) &&
        randomText(systemRandom, length, "abc").length === length,
    ),
    { numRuns: 50 },
  );
});

test("no text makes the user filter throw or hang", () => {
  fc.assert(fc.property(fc.string(), (text) => void readUserFilter(text)));
  expect(isRefusal(readUserFilter(`email = "${"\\".repeat(255)}`))).toBe(true);
});
