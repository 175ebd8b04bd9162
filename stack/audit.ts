import type { Table } from "@pulumi/aws/dynamodb/table";
import { getCallerIdentityOutput } from "@pulumi/aws/getCallerIdentity";
import { Bucket } from "@pulumi/aws/s3/bucket";
import { BucketLifecycleConfiguration } from "@pulumi/aws/s3/bucketLifecycleConfiguration";
import { BucketPolicy } from "@pulumi/aws/s3/bucketPolicy";
import { BucketPublicAccessBlock } from "@pulumi/aws/s3/bucketPublicAccessBlock";
import { BucketServerSideEncryptionConfiguration } from "@pulumi/aws/s3/bucketServerSideEncryptionConfiguration";
import { BucketVersioning } from "@pulumi/aws/s3/bucketVersioning";
import { Trail } from "@pulumi/awsx/cloudtrail";
import * as pulumi from "@pulumi/pulumi";
import type { Settings } from "./config";
import { uniqueName } from "./unique-name";

const keptDays = 400;
const replacedKeptDays = 30;

/** Who read or wrote which todo, item by item, in files that show when they were changed afterwards. */
export function createAudit(settings: Settings, table: Table): void {
  const trailName = uniqueName("todo-api");
  const { bucket, policy } = createBucket(settings, trailName);
  new Trail(
    "audit",
    {
      name: trailName,
      advancedEventSelectors: [
        {
          name: "Reads and writes of the table",
          fieldSelectors: [
            { field: "eventCategory", equals: ["Data"] },
            { field: "resources.type", equals: ["AWS::DynamoDB::Table"] },
            { field: "resources.ARN", equals: [table.arn] },
          ],
        },
      ],
      enableLogFileValidation: true,
      includeGlobalServiceEvents: false,
      s3Bucket: { existing: { name: bucket.bucket, arn: bucket.arn } },
      tags: settings.tags,
    },
    { dependsOn: [policy] },
  );
}

/** Private, encrypted, versioned; what is in it goes after thirteen months. */
function createBucket(settings: Settings, trailName: string) {
  const bucket = new Bucket("audit", { tags: settings.tags }, { protect: settings.deletionProtection });
  const ofBucket = { bucket: bucket.bucket };
  const blocked = new BucketPublicAccessBlock("audit", {
    ...ofBucket,
    blockPublicAcls: true,
    blockPublicPolicy: true,
    ignorePublicAcls: true,
    restrictPublicBuckets: true,
  });
  new BucketServerSideEncryptionConfiguration("audit", {
    ...ofBucket,
    rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }],
  });
  new BucketVersioning("audit", { ...ofBucket, versioningConfiguration: { status: "Enabled" } });
  new BucketLifecycleConfiguration("audit", {
    ...ofBucket,
    rules: [
      {
        id: "end",
        status: "Enabled",
        filter: { prefix: "" },
        expiration: { days: keptDays },
        noncurrentVersionExpiration: { noncurrentDays: replacedKeptDays },
        abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
      },
    ],
  });
  const policy = new BucketPolicy(
    "audit",
    { ...ofBucket, policy: bucketPolicy(bucket, trailArn(settings, trailName)) },
    // S3 takes one change of a bucket's access at a time.
    { dependsOn: [blocked] },
  );
  return { bucket, policy };
}

function trailArn({ region }: Settings, trailName: string): pulumi.Output<string> {
  return pulumi.interpolate`arn:aws:cloudtrail:${region}:${getCallerIdentityOutput().accountId}:trail/${trailName}`;
}

/** CloudTrail may write for this one trail, and nobody may come without encryption.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html */
function bucketPolicy({ arn }: Bucket, sourceArn: pulumi.Output<string>): pulumi.Output<string> {
  const cloudTrail = { Effect: "Allow", Principal: { Service: "cloudtrail.amazonaws.com" } };
  return pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        ...cloudTrail,
        Sid: "ReadAccessList",
        Action: "s3:GetBucketAcl",
        Resource: arn,
        Condition: { StringEquals: { "aws:SourceArn": sourceArn } },
      },
      {
        ...cloudTrail,
        Sid: "WriteLogFiles",
        Action: "s3:PutObject",
        Resource: pulumi.interpolate`${arn}/AWSLogs/*`,
        Condition: { StringEquals: { "s3:x-amz-acl": "bucket-owner-full-control", "aws:SourceArn": sourceArn } },
      },
      {
        Sid: "RequireEncryptedTransport",
        Effect: "Deny",
        Principal: "*",
        Action: "s3:*",
        Resource: [arn, pulumi.interpolate`${arn}/*`],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ],
  });
}
