import type { PlantedFlaw } from "./planted-flaw.ts";

const api = "stack/http-api.ts";
const identity = "stack/identity.ts";
const functions = "stack/todo-function.ts";

/** Mistakes of those who write the program. */
export const configurationFlaws: readonly PlantedFlaw[] = [
  {
    name: "scan-granted",
    flaw: "A role may read the whole table, and nothing needs it.",
    changes: [
      {
        file: "index.ts",
        search: '"dynamodb:Query", "dynamodb:GetItem"',
        replacement: '"dynamodb:Query", "dynamodb:GetItem", "dynamodb:Scan"',
      },
    ],
  },
  {
    name: "write-granted-to-a-reader",
    flaw: "The role of a function that reads may write.",
    changes: [
      {
        file: "index.ts",
        search: '"dynamodb:Query", "dynamodb:GetItem"',
        replacement: '"dynamodb:Query", "dynamodb:GetItem", "dynamodb:PutItem"',
      },
    ],
  },
  {
    name: "delete-table-granted",
    flaw: "A role may delete the table.",
    changes: [
      {
        file: "index.ts",
        search: '["dynamodb:DeleteItem"]',
        replacement: '["dynamodb:DeleteItem", "dynamodb:DeleteTable"]',
      },
    ],
  },
  {
    name: "actions-by-pattern",
    flaw: "A role's actions are a pattern.",
    changes: [{ file: "index.ts", search: '["dynamodb:UpdateItem"]', replacement: '["dynamodb:Update*"]' }],
  },
  {
    name: "all-tables-by-pattern",
    flaw: "A role reaches every table of the account by a pattern.",
    changes: [
      {
        file: functions,
        search: "Resource: table.arn }",
        replacement: "Resource: pulumi.interpolate`arn:aws:dynamodb:${settingsRegion(table)}:*:table/*` }",
      },
      {
        file: functions,
        search: "const lambdaTrustPolicy =",
        replacement: 'const settingsRegion = (_table: Table) => "*";\n\nconst lambdaTrustPolicy =',
      },
    ],
  },
  {
    name: "full-access-policy",
    flaw: "AWS's policy for all of DynamoDB is attached to the roles.",
    changes: [
      {
        file: functions,
        search: "  return new CallbackFunction(",
        replacement:
          '  new RolePolicyAttachment(name, { role: role.name, policyArn: "arn:aws:iam::aws:policy/AmazonDynamoDBFullAccess" });\n  return new CallbackFunction(',
      },
      {
        file: functions,
        search: "import { CallbackFunction }",
        replacement:
          'import { RolePolicyAttachment } from "@pulumi/aws/iam/rolePolicyAttachment";\nimport { CallbackFunction }',
      },
    ],
  },
  {
    name: "logs-of-everybody",
    flaw: "The roles may write every log of the account.",
    changes: [
      {
        file: functions,
        search: "Resource: pulumi.interpolate`${logGroup.arn}:*`,",
        replacement: 'Resource: "arn:aws:logs:*:*:*",',
      },
    ],
  },
  {
    name: "all-log-actions",
    flaw: "The roles may do anything with their logs.",
    changes: [
      {
        file: functions,
        search: 'Action: ["logs:CreateLogStream", "logs:PutLogEvents"]',
        replacement: 'Action: ["logs:*"]',
      },
    ],
  },
  {
    name: "one-role-for-all",
    flaw: "Every other service may assume the roles as well.",
    changes: [
      {
        file: functions,
        search: 'Principal: { Service: "lambda.amazonaws.com" }',
        replacement: 'Principal: { Service: ["lambda.amazonaws.com", "ec2.amazonaws.com"] }',
      },
    ],
  },
  {
    name: "tokens-of-a-day",
    flaw: "Access tokens live a day.",
    changes: [
      {
        file: identity,
        search: "accessTokenValidity: settings.tokenValidityMinutes,",
        replacement: "accessTokenValidity: 1440,",
      },
    ],
  },
  {
    name: "refresh-tokens-of-a-decade",
    flaw: "A sign-in lasts ten years.",
    changes: [{ file: identity, search: "refreshTokenValidity: 30,", replacement: "refreshTokenValidity: 3650," }],
  },
  {
    name: "no-revocation",
    flaw: "Refresh tokens cannot be revoked.",
    changes: [{ file: identity, search: "enableTokenRevocation: true,", replacement: "enableTokenRevocation: false," }],
  },
  {
    name: "users-shown",
    flaw: "Sign-in tells who has an account.",
    changes: [
      {
        file: identity,
        search: 'preventUserExistenceErrors: "ENABLED"',
        replacement: 'preventUserExistenceErrors: "LEGACY"',
      },
    ],
  },
  {
    name: "addresses-unverified",
    flaw: "Nobody checks that an address is the user's.",
    changes: [
      { file: identity, search: 'autoVerifiedAttributes: ["email"],', replacement: "" },
      {
        file: identity,
        search: 'userAttributeUpdateSettings: { attributesRequireVerificationBeforeUpdates: ["email"] },',
        replacement: "",
      },
    ],
  },
  {
    name: "address-changed-at-once",
    flaw: "A new address counts before it is verified.",
    changes: [
      {
        file: identity,
        search: 'userAttributeUpdateSettings: { attributesRequireVerificationBeforeUpdates: ["email"] },',
        replacement: "",
      },
    ],
  },
  {
    name: "no-symbols",
    flaw: "Passwords need no symbols, numbers or capitals.",
    changes: [
      { file: identity, search: "requireSymbols: true,", replacement: "requireSymbols: false," },
      { file: identity, search: "requireNumbers: true,", replacement: "requireNumbers: false," },
    ],
  },
  {
    name: "cookies-for-pages",
    flaw: "Pages may send cookies.",
    changes: [{ file: api, search: "allowCredentials: false,", replacement: "allowCredentials: true," }],
  },
  {
    name: "unencrypted-origin",
    flaw: "Pages that were not encrypted may call the API.",
    changes: [
      {
        file: api,
        search: "allowOrigins: [...settings.allowedOrigins]",
        replacement: 'allowOrigins: [...settings.allowedOrigins, "http://app.example.com"]',
      },
    ],
  },
  {
    name: "any-header-for-pages",
    flaw: "Pages may send any header.",
    changes: [
      {
        file: api,
        search: 'allowHeaders: ["authorization", "content-type", "if-match"]',
        replacement: 'allowHeaders: ["*"]',
      },
    ],
  },
  {
    name: "any-method-for-pages",
    flaw: "Pages may use any method.",
    changes: [
      { file: api, search: 'allowMethods: ["GET", "POST", "PUT", "DELETE"]', replacement: 'allowMethods: ["*"]' },
    ],
  },
  {
    name: "token-in-the-address",
    flaw: "The token is read from the address, which logs keep.",
    changes: [{ file: api, search: '"$request.header.Authorization"', replacement: '"$request.querystring.token"' }],
  },
  {
    name: "default-route-open",
    flaw: "Whatever has no route of its own goes to a function, without a token.",
    changes: [
      {
        file: api,
        search: "  for (const routeKey of routeKeys) {",
        replacement:
          '  if (name === "get-todos") {\n    new Route("rest", { apiId: api.id, routeKey: "$default", target: pulumi.interpolate`integrations/${integration.id}` });\n    new Permission("rest", { action: "lambda:InvokeFunction", function: handler.name, principal: "apigateway.amazonaws.com", sourceArn: pulumi.interpolate`${api.executionArn}/${stageName}/$default` });\n  }\n  for (const routeKey of routeKeys) {',
      },
    ],
  },
  {
    name: "another-pool",
    flaw: "The authorizer trusts a pool that the program does not make.",
    changes: [
      {
        file: api,
        search: "issuer: identity.issuer,",
        replacement: 'issuer: "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Attacker1",',
      },
    ],
  },
  {
    name: "no-access-log",
    flaw: "Nobody writes down who asked for what.",
    changes: [
      {
        file: api,
        search: "    accessLogSettings: { destinationArn: accessLog.arn, format: accessLogFormat },\n",
        replacement: "",
      },
      { file: api, search: 'import { accessLogFormat } from "./access-log-format";\n', replacement: "" },
    ],
  },
  {
    name: "logs-for-ever",
    flaw: "Logs are kept for ever.",
    changes: [
      {
        file: functions,
        search: "new LogGroup(name, { retentionInDays: settings.logRetentionDays, tags",
        replacement: "new LogGroup(name, { tags",
      },
    ],
  },
  {
    name: "key-in-the-code",
    flaw: "An access key stands in a function's environment.",
    changes: [
      {
        file: functions,
        search: "variables: { TABLE_NAME: table.name }",
        replacement: 'variables: { TABLE_NAME: table.name, LEGACY: "AKIAIOSFODNN7EXAMPLE" }',
      },
    ],
  },
  {
    name: "no-second-factor",
    flaw: "A second factor is not even offered.",
    stack: "prod",
    changes: [
      {
        file: identity,
        search: "mfaConfiguration: mfaConfigurations[settings.mfa],",
        replacement: 'mfaConfiguration: "OFF",',
      },
      {
        file: identity,
        search: '...(settings.mfa === "off" ? {} : { softwareTokenMfaConfiguration: { enabled: true } }),',
        replacement: "",
      },
    ],
  },
  {
    name: "one-route-unlimited",
    flaw: "One route has a limit that is none.",
    changes: [
      {
        file: api,
        search: "    accessLogSettings: {",
        replacement:
          '    routeSettings: [{ routeKey: "POST /todos", throttlingRateLimit: 0, throttlingBurstLimit: 0 }],\n    accessLogSettings: {',
      },
    ],
  },
];
