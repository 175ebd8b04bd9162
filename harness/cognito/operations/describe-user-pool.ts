import { isRefusal } from "../errors.ts";
import { userPoolId } from "../model.ts";
import { operation } from "../operation.ts";
import type { SchemaAttribute } from "../pool/schema-attributes.ts";
import type { UserPool } from "../pool/user-pool.ts";
import { type ServedPool, servedPool } from "../service.ts";
import { structure } from "../shapes.ts";
import { seconds } from "../user-view.ts";

/** @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_DescribeUserPool.html */
export const describeUserPool = operation({
  name: "DescribeUserPool",
  access: "administrator",
  input: structure({ UserPoolId: userPoolId }),
  run(input, service) {
    const served = servedPool(service, input.UserPoolId);
    return isRefusal(served) ? served : { UserPool: userPoolType(served) };
  },
});

function userPoolType({ pool, users, declared }: ServedPool) {
  const { createdAtMilliseconds, modifiedAtMilliseconds } = declared.pool();
  return {
    Id: pool.id,
    Name: pool.name,
    Arn: pool.arn,
    Policies: { PasswordPolicy: passwordPolicyType(pool) },
    DeletionProtection: pool.deletionProtection ? "ACTIVE" : "INACTIVE",
    SchemaAttributes: [...pool.schema.values()].map(schemaAttributeType),
    AutoVerifiedAttributes: pool.autoVerified,
    ...(pool.aliasAttributes.length === 0 ? {} : { AliasAttributes: pool.aliasAttributes }),
    ...(pool.usernameAttributes.length === 0 ? {} : { UsernameAttributes: pool.usernameAttributes }),
    UserAttributeUpdateSettings: { AttributesRequireVerificationBeforeUpdate: pool.verifiedBeforeUpdate },
    MfaConfiguration: pool.mfa,
    EstimatedNumberOfUsers: users.all().length,
    CreationDate: seconds(createdAtMilliseconds),
    LastModifiedDate: seconds(modifiedAtMilliseconds),
    ...messageMembers(pool),
    UserPoolTags: pool.tags,
    UsernameConfiguration: { CaseSensitive: pool.caseSensitive },
    AccountRecoverySetting: { RecoveryMechanisms: recoveryMechanisms(pool) },
    UserPoolTier: pool.tier,
  };
}

/** The texts of codes stand twice: in the template, and in the members that were there before it. */
function messageMembers({ messages: { declared }, selfSignUp, passwordPolicy }: UserPool) {
  const { subject, email, sms } = declared.verification;
  const invitation = declared.invitation;
  return {
    EmailVerificationSubject: subject,
    EmailVerificationMessage: email,
    SmsVerificationMessage: sms,
    VerificationMessageTemplate: {
      DefaultEmailOption: "CONFIRM_WITH_CODE",
      EmailSubject: subject,
      EmailMessage: email,
      SmsMessage: sms,
    },
    AdminCreateUserConfig: {
      AllowAdminCreateUserOnly: !selfSignUp,
      UnusedAccountValidityDays: passwordPolicy.temporaryPasswordValidityDays,
      ...(Object.keys(invitation).length === 0 ? {} : { InviteMessageTemplate: invitationTexts(invitation) }),
    },
  };
}

/** The service spells this template's member in capitals. */
function invitationTexts({ subject, email, sms }: UserPool["messages"]["declared"]["invitation"]) {
  return { EmailSubject: subject, EmailMessage: email, SMSMessage: sms };
}

function passwordPolicyType({ passwordPolicy: policy }: UserPool) {
  return {
    MinimumLength: policy.minimumLength,
    RequireUppercase: policy.requireUppercase,
    RequireLowercase: policy.requireLowercase,
    RequireNumbers: policy.requireNumbers,
    RequireSymbols: policy.requireSymbols,
    ...(policy.historySize === 0 ? {} : { PasswordHistorySize: policy.historySize }),
    TemporaryPasswordValidityDays: policy.temporaryPasswordValidityDays,
  };
}

function recoveryMechanisms({ recovery }: UserPool) {
  if (recovery.length === 0) return [{ Name: "admin_only", Priority: 1 }];
  return recovery.map((attribute, index) => ({ Name: `verified_${attribute}`, Priority: index + 1 }));
}

function schemaAttributeType(attribute: SchemaAttribute) {
  return {
    Name: attribute.name,
    AttributeDataType: attribute.type,
    DeveloperOnlyAttribute: attribute.developerOnly,
    Mutable: attribute.mutable,
    Required: attribute.required,
    ...constraintsOf(attribute),
  };
}

function constraintsOf({ type, min, max }: SchemaAttribute) {
  const bound = (name: string, value: number | undefined) => (value === undefined ? {} : { [name]: String(value) });
  if (type === "String") {
    return { StringAttributeConstraints: { ...bound("MinLength", min), ...bound("MaxLength", max) } };
  }
  if (type === "Number")
    return { NumberAttributeConstraints: { ...bound("MinValue", min), ...bound("MaxValue", max) } };
  return {};
}
