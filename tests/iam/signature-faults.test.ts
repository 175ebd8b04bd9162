import { describe, expect, test } from "vitest";
import { MISMATCH, scopeFault, signedHeadersFault, timeFault } from "../../harness/iam/signature-faults.ts";
import { signingKeys } from "../../harness/iam/signing-key.ts";

const SCOPE = { date: "20260304", region: "eu-west-1", service: "dynamodb" };
const HEADER = { accessKeyId: "AKID", scope: SCOPE, terminator: "aws4_request", signedHeaders: [], signature: "" };

describe("a credential scope", () => {
  const wanted = { region: "eu-west-1", service: "dynamodb", date: "20260304T050607Z" };

  test.each<[string, Partial<typeof SCOPE>, string, string | undefined]>([
    ["right", {}, "aws4_request", undefined],
    [
      "of another region",
      { region: "us-east-1" },
      "aws4_request",
      "Credential should be scoped to a valid region, not 'us-east-1'.",
    ],
    [
      "of a region that is none",
      { region: "<a>\n'é" },
      "aws4_request",
      "Credential should be scoped to a valid region, not '?a????'.",
    ],
    [
      "of a long region",
      { region: "r".repeat(40) },
      "aws4_request",
      `Credential should be scoped to a valid region, not '${"r".repeat(32)}'.`,
    ],
    [
      "of another service",
      { service: "s3" },
      "aws4_request",
      "Credential should be scoped to correct service: 'dynamodb'.",
    ],
    ["with another end", {}, "aws4_Request", "Credential should be scoped with a valid terminator: 'aws4_request'."],
    [
      "of another day",
      { date: "20260305" },
      "aws4_request",
      "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP.",
    ],
  ])("%s", (_name, scope, terminator, expected) => {
    expect(scopeFault({ ...HEADER, scope: { ...SCOPE, ...scope }, terminator }, wanted)).toBe(expected);
  });
});

describe("a date header", () => {
  const clock = { nowMilliseconds: () => Date.UTC(2026, 2, 4, 5, 6, 7) };
  const FORM = "Date must be in ISO-8601 'basic format'.";

  test.each<[string, string | undefined]>([
    ["20260304T050607Z", undefined],
    ["20260304T050107Z", undefined],
    ["20260304T051107Z", undefined],
    [
      "20260304T050106Z",
      "Signature expired: 20260304T050106Z is now earlier than 20260304T050107Z (20260304T050607Z - 5 min.)",
    ],
    [
      "20260304T051108Z",
      "Signature not yet current: 20260304T051108Z is still later than 20260304T051107Z (20260304T050607Z + 5 min.)",
    ],
    ["", FORM],
    ["2026-03-04T05:06:07Z", FORM],
    ["x20260304T050607Z", FORM],
    ["20260304T050607Zx", FORM],
    ["20260304T050607", FORM],
    ["20260304T050660Z", FORM],
    ["20260304T050567Z", FORM],
    ["20260230T050607Z", FORM],
    ["20261304T050607Z", FORM],
  ])("%s", (date, expected) => {
    expect(timeFault(date, clock)).toBe(expected);
  });
});

describe("the list of signed headers", () => {
  const headers = new Map(["host", "content-type", "x-amz-date", "x-amz-target"].map((name) => [name, ["a"]]));

  test.each<[string, string, string | undefined]>([
    ["names all that matter", "host;x-amz-date;x-amz-target", undefined],
    ["names more", "content-type;host;x-amz-date;x-amz-target", undefined],
    [
      "leaves out the host",
      "x-amz-date;x-amz-target",
      "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.",
    ],
    [
      "leaves out a header of AWS's",
      "host;x-amz-date",
      "'x-amz-target' must be a 'SignedHeader' in the AWS Authorization.",
    ],
    ["is in another order", "x-amz-date;host;x-amz-target", MISMATCH],
    ["ends in another order", "host;x-amz-target;x-amz-date", MISMATCH],
    ["names one twice", "host;host;x-amz-date;x-amz-target", MISMATCH],
    ["names one that is not there", "accept;host;x-amz-date;x-amz-target", MISMATCH],
    ["has an empty name", ";host;x-amz-date;x-amz-target", MISMATCH],
  ])("%s", (_name, signed, expected) => {
    expect(signedHeadersFault({ ...HEADER, signedHeaders: signed.split(";") }, headers)).toBe(expected);
  });

  test("is quoted safely", () => {
    const odd = new Map([...headers, ["x-amz-<script>", ["a"]]]);
    const signedHeaders = ["host", "x-amz-date", "x-amz-target"];
    expect(signedHeadersFault({ ...HEADER, signedHeaders }, odd)).toBe(
      "'x-amz-?script?' must be a 'SignedHeader' in the AWS Authorization.",
    );
  });

  test("says that a signature does not match in AWS's words", () => {
    expect(MISMATCH).toBe(
      "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.",
    );
  });
});

describe("a signing key", () => {
  const secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
  const example = { date: "20150830", region: "us-east-1", service: "iam" };

  test("is derived as in AWS's example", () => {
    const key = signingKeys()("AKIDEXAMPLE", secret, example);
    expect(key.export().toString("hex")).toBe("c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9");
  });

  test("is kept for its access key, day, region and service, and the oldest goes", () => {
    const keys = signingKeys(2);
    const first = keys("a", secret, example);
    expect(keys("a", secret, example)).toBe(first);
    const others = [
      keys("b", secret, example),
      keys("a", secret, { ...example, date: "20150831" }),
      keys("a", secret, { ...example, region: "eu-west-1" }),
      keys("a", secret, { ...example, service: "s3" }),
    ];
    expect(new Set([first, ...others]).size).toBe(5);
    expect(keys("a", secret, { ...example, service: "s3" })).toBe(others[3]);
    expect(keys("a", secret, { ...example, region: "eu-west-1" })).toBe(others[2]);
    expect(keys("a", secret, { ...example, date: "20150831" })).not.toBe(others[1]);
    expect(keys("a", secret, example)).not.toBe(first);
  });
});
