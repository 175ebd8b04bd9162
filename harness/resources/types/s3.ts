import { inputText, physicalName, withId } from "../creation.ts";
import { type Create, inertType, type ResourceType, type ResourceTypes, refusedType } from "../resource-type.ts";

const BUCKET = "nothing but a call looks at it, and a call to Amazon S3 is answered with an error";

const createBucket: Create = (resource, ids) => {
  const bucket = physicalName(resource, ids, "bucket").toLowerCase();
  const arn = ids.arn("s3", bucket, { region: "", accountId: "" });
  const { region } = ids.deployment;
  const outputs = {
    arn,
    bucket,
    bucketDomainName: `${bucket}.s3.amazonaws.com`,
    bucketRegionalDomainName: `${bucket}.s3.${region}.amazonaws.com`,
  };
  return { id: bucket, arn, outputs };
};

/** Settings of a bucket are resources of their own, with the bucket's name as id. */
const createSetting: Create = (resource, ids) => ({
  ...withId(20)(resource, ids),
  id: inputText(resource, "bucket") || resource.name,
});

const SETTINGS = ["OwnershipControls", "Policy", "PublicAccessBlock"];

/** These stand under a second, older name as well: `BucketAclV2`. */
const RENAMED_SETTINGS = [
  "Acl",
  "CorsConfiguration",
  "LifecycleConfiguration",
  "Logging",
  "ServerSideEncryptionConfiguration",
  "Versioning",
  "WebsiteConfiguration",
];

function settingRows(): readonly (readonly [string, ResourceType])[] {
  const row = inertType(BUCKET, createSetting);
  const names = [...SETTINGS, ...RENAMED_SETTINGS, ...RENAMED_SETTINGS.map((setting) => `${setting}V2`)];
  return names.map((name) => [`aws:s3/bucket${name}:Bucket${name}`, row]);
}

export const S3_TYPES: ResourceTypes = {
  "aws:s3/bucket:Bucket": inertType(BUCKET, createBucket),
  "aws:s3/bucketV2:BucketV2": inertType(BUCKET, createBucket),
  ...Object.fromEntries(settingRows()),
  "aws:s3/bucketNotification:BucketNotification": refusedType("events of buckets are not emulated"),
};
