import { capitalized, type Rows, tagList } from "./row.ts";

/** User pools, roles and their policies. */
export const IDENTITY_ROWS: Rows = {
  "aws:cognito/userPool:UserPool": {
    async create({ clients, region }, inputs) {
      const { attributesRequireVerificationBeforeUpdates } = inputs.userAttributeUpdateSettings ?? {};
      const made = await clients.cognitoidp.createUserPool({
        PoolName: inputs.name,
        UserPoolTier: inputs.userPoolTier,
        UsernameAttributes: inputs.usernameAttributes,
        UsernameConfiguration: capitalized(inputs.usernameConfiguration),
        AutoVerifiedAttributes: inputs.autoVerifiedAttributes,
        VerificationMessageTemplate: capitalized(inputs.verificationMessageTemplate),
        UserAttributeUpdateSettings:
          attributesRequireVerificationBeforeUpdates === undefined
            ? undefined
            : { AttributesRequireVerificationBeforeUpdate: attributesRequireVerificationBeforeUpdates },
        AccountRecoverySetting: capitalized(inputs.accountRecoverySetting),
        AdminCreateUserConfig: capitalized(inputs.adminCreateUserConfig),
        Policies:
          inputs.passwordPolicy === undefined ? undefined : { PasswordPolicy: capitalized(inputs.passwordPolicy) },
        DeletionProtection: inputs.deletionProtection,
        UserPoolTags: inputs.tags,
      });
      const id = made.UserPool?.Id ?? "";
      const softwareToken = inputs.softwareTokenMfaConfiguration;
      if (softwareToken !== undefined) {
        await clients.cognitoidp.setUserPoolMfaConfig({
          UserPoolId: id,
          SoftwareTokenMfaConfiguration: capitalized(softwareToken),
          MfaConfiguration: inputs.mfaConfiguration,
        });
      }
      const endpoint = `cognito-idp.${region}.amazonaws.com/${id}`;
      return { id, outputs: { arn: made.UserPool?.Arn, endpoint } };
    },
    delete: ({ clients }, _inputs, UserPoolId) => clients.cognitoidp.deleteUserPool({ UserPoolId }),
  },
  "aws:cognito/userPoolClient:UserPoolClient": {
    async create({ clients }, inputs) {
      const made = await clients.cognitoidp.createUserPoolClient({
        UserPoolId: inputs.userPoolId,
        ClientName: inputs.name,
        GenerateSecret: inputs.generateSecret,
        ExplicitAuthFlows: inputs.explicitAuthFlows,
        PreventUserExistenceErrors: inputs.preventUserExistenceErrors,
        EnableTokenRevocation: inputs.enableTokenRevocation,
        AccessTokenValidity: inputs.accessTokenValidity,
        IdTokenValidity: inputs.idTokenValidity,
        RefreshTokenValidity: inputs.refreshTokenValidity,
        TokenValidityUnits: capitalized(inputs.tokenValidityUnits),
      });
      return { id: made.UserPoolClient?.ClientId ?? "", outputs: { clientSecret: made.UserPoolClient?.ClientSecret } };
    },
    delete: ({ clients }, { userPoolId: UserPoolId }, ClientId) =>
      clients.cognitoidp.deleteUserPoolClient({ UserPoolId, ClientId }),
  },
  "aws:iam/role:Role": {
    async create({ clients }, inputs) {
      const { Role: role } = await clients.iam.createRole({
        RoleName: inputs.name,
        Path: inputs.path ?? "/",
        AssumeRolePolicyDocument: inputs.assumeRolePolicy,
        PermissionsBoundary: inputs.permissionsBoundary,
        Tags: tagList(inputs.tags),
      });
      return { id: inputs.name, outputs: { arn: role?.Arn, uniqueId: role?.RoleId } };
    },
    delete: ({ clients }, _inputs, RoleName) => clients.iam.deleteRole({ RoleName }),
  },
  "aws:iam/rolePolicy:RolePolicy": {
    async create({ clients }, { role: RoleName, name: PolicyName, policy: PolicyDocument }) {
      await clients.iam.putRolePolicy({ RoleName, PolicyName, PolicyDocument });
      return { id: `${RoleName}:${PolicyName}`, outputs: {} };
    },
    delete: ({ clients }, { role: RoleName, name: PolicyName }) =>
      clients.iam.deleteRolePolicy({ RoleName, PolicyName }),
  },
};
