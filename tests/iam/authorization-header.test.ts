import { describe, expect, test } from "vitest";
import { parseAuthorization } from "../../harness/iam/authorization-header.ts";

const SIGNATURE = "0123456789abcdef".repeat(4);
const SCOPE = "AKIDEXAMPLE/20260304/eu-west-1/dynamodb/aws4_request";
const header = (credential = SCOPE, signature = SIGNATURE, names = "host;x-amz-date") =>
  `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names}, Signature=${signature}`;

const REPEATED = "Authorization header has a malformed or repeated parameter.";
const SCOPE_LENGTH = "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term.";
const HEXADECIMAL = "Authorization header requires a hexadecimal 'Signature'.";
const ALGORITHM = "Unsupported AWS 'algorithm'; only AWS4-HMAC-SHA256 is supported.";

describe("an Authorization header of SigV4", () => {
  test.each([
    ["with spaces after its commas", header()],
    ["with none", header().replaceAll(", ", ",")],
    [
      "with more of them, and in another order",
      `AWS4-HMAC-SHA256  Signature = ${SIGNATURE} ,SignedHeaders= host;x-amz-date ,  Credential=${SCOPE} `,
    ],
    ["with a parameter that says nothing here", `${header()}, Extra=a=b`],
  ])("is taken apart, %s", (_name, text) => {
    expect(parseAuthorization(text)).toEqual({
      ok: true,
      header: {
        accessKeyId: "AKIDEXAMPLE",
        scope: { date: "20260304", region: "eu-west-1", service: "dynamodb" },
        terminator: "aws4_request",
        signedHeaders: ["host", "x-amz-date"],
        signature: SIGNATURE,
      },
    });
  });

  test.each<[string, string]>([
    ["", ALGORITHM],
    ["AWS4-HMAC-SHA256", ALGORITHM],
    [header().replace("SHA256", "SHA512"), ALGORITHM],
    [header().replace("AWS4", "aws4"), ALGORITHM],
    [` ${header()}`, ALGORITHM],
    ["Bearer a.b.c", ALGORITHM],
    ["AWS4-HMAC-SHA256 ", REPEATED],
    [`${header()},`, REPEATED],
    [`${header()}, Extra`, REPEATED],
    [`${header()}, Signature=${SIGNATURE}`, REPEATED],
    [
      "AWS4-HMAC-SHA256 Credential=a",
      "Authorization header requires 'Signature' parameter. Authorization header requires 'SignedHeaders' parameter.",
    ],
    [header(""), "Authorization header requires 'Credential' parameter."],
    [header(SCOPE, ""), "Authorization header requires 'Signature' parameter."],
    [header(SCOPE, SIGNATURE, " "), "Authorization header requires 'SignedHeaders' parameter."],
    [header("AKIDEXAMPLE/20260304/eu-west-1/dynamodb"), SCOPE_LENGTH],
    [header(`${SCOPE}/more`), SCOPE_LENGTH],
    [header(SCOPE, SIGNATURE.slice(1)), HEXADECIMAL],
    [header(SCOPE, `${SIGNATURE}0`), HEXADECIMAL],
    [header(SCOPE, `0${SIGNATURE}`), HEXADECIMAL],
    [header(SCOPE, SIGNATURE.toUpperCase()), HEXADECIMAL],
  ])("%j is refused", (text, message) => {
    expect(parseAuthorization(text)).toEqual({ ok: false, message });
  });
});
