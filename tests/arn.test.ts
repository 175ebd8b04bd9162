import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatArn, parseArn } from "../harness/arn.ts";

describe("ARNs", () => {
  test.each([
    [
      "arn:aws:dynamodb:eu-west-1:123456789012:table/orders/index/by-date",
      {
        partition: "aws",
        service: "dynamodb",
        region: "eu-west-1",
        accountId: "123456789012",
        resource: "table/orders/index/by-date",
      },
    ],
    [
      "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/x:*",
      {
        partition: "aws",
        service: "logs",
        region: "eu-west-1",
        accountId: "123456789012",
        resource: "log-group:/aws/lambda/x:*",
      },
    ],
    ["arn:aws-cn:s3:::bucket", { partition: "aws-cn", service: "s3", region: "", accountId: "", resource: "bucket" }],
    [
      "arn:aws:iam::aws:policy/x",
      { partition: "aws", service: "iam", region: "", accountId: "aws", resource: "policy/x" },
    ],
  ])("%s", (text, arn) => {
    expect(parseArn(text)).toEqual(arn);
    expect(formatArn(arn)).toBe(text);
  });

  test.each([
    "",
    "arn",
    "arn:aws:s3",
    "arn:aws:s3:::".slice(0, -1),
    "ARN:aws:s3:::bucket",
    " arn:aws:s3:::bucket",
    "__proto__",
  ])("%j is none", (text) => expect(parseArn(text)).toBeUndefined());

  test("what is read is written again as it was, whatever the text", () => {
    const word = fc.stringMatching(/^[a-z0-9*-]{0,12}$/);
    const resource = fc.string({ unit: "binary", maxLength: 30 });
    fc.assert(
      fc.property(word, word, word, word, resource, (partition, service, region, accountId, rest) => {
        const arn = { partition, service, region, accountId, resource: rest };
        expect(parseArn(formatArn(arn))).toEqual(arn);
      }),
    );
    fc.assert(
      fc.property(fc.string(), (text) => {
        const arn = parseArn(text);
        if (arn !== undefined) expect(formatArn(arn)).toBe(text);
      }),
    );
  });
});
