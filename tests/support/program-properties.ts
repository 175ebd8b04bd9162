import { expect } from "vitest";
import type { EvaluatedProgram } from "../../harness/pulumi/evaluate.ts";
import type { Resource } from "../../harness/pulumi/resource-graph.ts";
import { types } from "../../policy/rules/types.ts";

const sendTraces = {
  Sid: "SendTraces",
  Effect: "Allow",
  Action: ["xray:PutTelemetryRecords", "xray:PutTraceSegments"],
  Resource: "*",
};

const watchedStacks: readonly string[] = ["staging", "prod"];

/** How many there are of each type, in every stack. */
const served: Readonly<Record<string, number>> = {
  [types.api]: 1,
  [types.authorizer]: 1,
  [types.integration]: 4,
  [types.route]: 5,
  [types.stage]: 1,
  [types.logGroup]: 5,
  [types.userPool]: 1,
  [types.client]: 1,
  [types.table]: 1,
  [types.role]: 4,
  [types.rolePolicy]: 4,
  [types.function]: 4,
  [types.permission]: 5,
};

const watching: Readonly<Record<string, number>> = {
  "aws:cloudwatch/dashboard:Dashboard": 1,
  "aws:cloudwatch/logMetricFilter:LogMetricFilter": 1,
  "aws:cloudwatch/metricAlarm:MetricAlarm": 17,
  "aws:cloudwatch/queryDefinition:QueryDefinition": 2,
};

const auditing: Readonly<Record<string, number>> = {
  "aws:s3/bucket:Bucket": 1,
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": 1,
  "aws:s3/bucketPolicy:BucketPolicy": 1,
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": 1,
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": 1,
  "aws:s3/bucketVersioning:BucketVersioning": 1,
};

/** The table of routes, functions and rights that the program stands for. */
const routes = [
  { key: "POST /todos", handler: "create-todo", sourcePath: "POST/todos" },
  { key: "GET /todos", handler: "get-todos", sourcePath: "GET/todos" },
  { key: "GET /todos/{todoId}", handler: "get-todos", sourcePath: "GET/todos/{todoId}" },
  { key: "PUT /todos/{todoId}", handler: "update-todo", sourcePath: "PUT/todos/{todoId}" },
  { key: "DELETE /todos/{todoId}", handler: "delete-todo", sourcePath: "DELETE/todos/{todoId}" },
] as const;

const tableActions: Readonly<Record<string, readonly string[]>> = {
  "create-todo": ["dynamodb:PutItem"],
  "get-todos": ["dynamodb:GetItem", "dynamodb:Query"],
  "update-todo": ["dynamodb:UpdateItem"],
  "delete-todo": ["dynamodb:DeleteItem"],
};

export const stacks = ["dev", "staging", "prod", "localstack"] as const;

export type StackName = (typeof stacks)[number];

const environments = { dev: "development", localstack: "development", staging: "staging", prod: "production" } as const;

const tagsOf = (stack: StackName) => ({ project: "pulumi-jwt-todo-api", stack, environment: environments[stack] });

/** An evaluated program, with short ways to its resources. */
interface Subject {
  readonly program: EvaluatedProgram;
  readonly stack: StackName;
  readonly development: boolean;
  readonly all: (type: keyof typeof types) => readonly Resource[];
  readonly only: (type: keyof typeof types) => Resource;
  readonly named: (type: keyof typeof types, name: string) => Resource;
}

function subjectOf(program: EvaluatedProgram, stack: StackName): Subject {
  const all: Subject["all"] = (type) => program.graph.ofType(types[type]);
  return {
    program,
    stack,
    development: stack === "dev" || stack === "localstack",
    all,
    only(type) {
      expect(all(type)).toHaveLength(1);
      return all(type)[0] as Resource;
    },
    named(type, name) {
      const found = all(type).filter((resource) => resource.name === name);
      expect(found).toHaveLength(1);
      return found[0] as Resource;
    },
  };
}

/** One thing that must be true of the deployed program. */
export interface ProgramProperty {
  readonly name: string;
  /** Fails as an assertion when it is not so. */
  readonly expectHeld: (program: EvaluatedProgram, stack: StackName) => void;
}

interface Written {
  readonly name: string;
  readonly expectHeld: (subject: Subject) => void;
}

const ofTheWhole: readonly Written[] = [
  {
    name: "has these resources and no others, and no faults",
    expectHeld({ program, stack }) {
      expect(program.faults).toEqual([]);
      const counts = Map.groupBy(program.graph.resources, ({ type }) => type);
      expect(Object.fromEntries([...counts].map(([type, { length }]) => [type, length]))).toEqual({
        ...served,
        ...(watchedStacks.includes(stack) ? watching : {}),
        ...(stack === "prod" ? auditing : {}),
      });
    },
  },

  {
    name: "exports what a client needs",
    expectHeld({ program, only }) {
      expect(program.exports).toEqual({
        apiUrl: only("api").outputs.apiEndpoint,
        region: "eu-west-1",
        userPoolId: only("userPool").id,
        userPoolClientId: only("client").id,
        tableName: only("table").outputs.name,
      });
    },
  },

  {
    name: "lets no output become text before its value is there",
    expectHeld({ program }) {
      for (const { name, type, inputs } of program.graph.resources) {
        const { code: _package, ...others } = inputs;
        expect(JSON.stringify({ name, type, ...others })).not.toMatch(
          /undefined|Output<T>|Calling \[|\[object Object\]|\bNaN\b/,
        );
      }
    },
  },

  {
    name: "leaves physical names to Pulumi, and tags all that can be tagged",
    expectHeld({ program, stack, all }) {
      for (const { name, type, inputs } of program.graph.resources) {
        if (type !== types.stage) expect({ name, type, inputs }).not.toHaveProperty("inputs.name");
        expect(inputs).not.toHaveProperty("namePrefix");
      }
      for (const type of ["api", "stage", "logGroup", "userPool", "table", "role", "function"] as const) {
        for (const { inputs } of all(type)) expect(inputs.tags).toEqual(tagsOf(stack));
      }
    },
  },

  {
    name: "the user pool takes e-mail addresses, checks them, and asks for strong passwords",
    expectHeld({ stack, development, only }) {
      expect(only("userPool").inputs).toMatchObject({
        usernameAttributes: ["email"],
        usernameConfiguration: { caseSensitive: false },
        autoVerifiedAttributes: ["email"],
        verificationMessageTemplate: { defaultEmailOption: "CONFIRM_WITH_CODE" },
        userAttributeUpdateSettings: { attributesRequireVerificationBeforeUpdates: ["email"] },
        passwordPolicy: {
          minimumLength: 12,
          requireUppercase: true,
          requireLowercase: true,
          requireNumbers: true,
          requireSymbols: true,
          temporaryPasswordValidityDays: 1,
        },
        accountRecoverySetting: { recoveryMechanisms: [{ name: "verified_email", priority: 1 }] },
        adminCreateUserConfig: { allowAdminCreateUserOnly: false },
        userPoolTier: "LITE",
        deletionProtection: stack === "prod" ? "ACTIVE" : "INACTIVE",
        ...(development
          ? { mfaConfiguration: "OFF" }
          : { mfaConfiguration: "OPTIONAL", softwareTokenMfaConfiguration: { enabled: true } }),
      });
    },
  },

  {
    name: "the app client has no secret and short tokens, and sends passwords in development only",
    expectHeld({ development, only }) {
      const minutes = development ? 60 : 15;
      expect(only("client").inputs).toEqual({
        userPoolId: only("userPool").id,
        generateSecret: false,
        explicitAuthFlows: [
          "ALLOW_USER_SRP_AUTH",
          "ALLOW_REFRESH_TOKEN_AUTH",
          ...(development ? ["ALLOW_USER_PASSWORD_AUTH"] : []),
        ],
        preventUserExistenceErrors: "ENABLED",
        enableTokenRevocation: true,
        accessTokenValidity: minutes,
        idTokenValidity: minutes,
        refreshTokenValidity: 30,
        tokenValidityUnits: { accessToken: "minutes", idToken: "minutes", refreshToken: "days" },
      });
    },
  },

  {
    name: "CORS names origins, methods and headers, and no star",
    expectHeld({ development, only }) {
      const { corsConfiguration, protocolType } = only("api").inputs;
      expect(protocolType).toBe("HTTP");
      expect(JSON.stringify(corsConfiguration)).not.toContain("*");
      expect(corsConfiguration).toMatchObject({
        allowOrigins: [expect.stringMatching(development ? /^http:\/\/localhost:\d+$/ : /^https:\/\/[a-z.]+$/)],
        allowMethods: ["GET", "POST", "PUT", "DELETE"],
        allowHeaders: ["authorization", "content-type", "if-match"],
        exposeHeaders: ["etag", "location"],
        allowCredentials: false,
      });
    },
  },

  {
    name: "the authorizer trusts the pool and the client, and nobody else",
    expectHeld({ only }) {
      expect(only("authorizer").inputs).toEqual({
        apiId: only("api").id,
        authorizerType: "JWT",
        identitySources: ["$request.header.Authorization"],
        jwtConfiguration: {
          issuer: `https://cognito-idp.eu-west-1.amazonaws.com/${only("userPool").id}`,
          audiences: [only("client").id],
        },
      });
    },
  },

  {
    name: "every route there is asks for an access token",
    expectHeld({ all, only }) {
      const keys = all("route").map(({ inputs }) => inputs.routeKey);
      expect([...keys].sort()).toEqual(routes.map(({ key }) => key).sort());
      for (const { inputs } of all("route")) {
        expect(inputs).toMatchObject({
          apiId: only("api").id,
          authorizationType: "JWT",
          authorizerId: only("authorizer").id,
          authorizationScopes: ["aws.cognito.signin.user.admin"],
        });
      }
    },
  },

  {
    name: "the stage deploys itself, has limits, and logs each request into a group that does not grow for ever",
    expectHeld({ only, named }) {
      const stage = only("stage").inputs;
      expect(stage).toMatchObject({ apiId: only("api").id, name: "$default", autoDeploy: true });
      const limits = stage.defaultRouteSettings as Record<string, number>;
      expect(limits.throttlingRateLimit).toBeGreaterThan(0);
      expect(limits.throttlingBurstLimit).toBeGreaterThan(0);
      const { destinationArn, format } = stage.accessLogSettings as Record<string, string>;
      expect(destinationArn).toBe(named("logGroup", "todo-api").arn);
      expect(JSON.parse(format ?? "")).toMatchObject({
        requestId: "$context.requestId",
        routeKey: "$context.routeKey",
        status: "$context.status",
        authorizerError: "$context.authorizer.error",
        integrationStatus: "$context.integrationStatus",
        integrationLatency: "$context.integrationLatency",
        integrationError: "$context.integrationErrorMessage",
        sourceIp: "$context.identity.sourceIp",
        sub: "$context.authorizer.claims.sub",
      });
      expect(format).not.toMatch(/\n|claims\.email|header/);
    },
  },

  {
    name: "the table is keyed by user and todo, encrypted, and kept as configured",
    expectHeld({ stack, development, only }) {
      expect(only("table").inputs).toMatchObject({
        billingMode: "PAY_PER_REQUEST",
        hashKey: "userId",
        rangeKey: "todoId",
        attributes: [
          { name: "userId", type: "S" },
          { name: "todoId", type: "S" },
        ],
        serverSideEncryption: { enabled: true },
        pointInTimeRecovery: { enabled: !development },
        deletionProtectionEnabled: stack === "prod",
      });
    },
  },
];

const ofRoutes: readonly Written[] = routes.map(({ key, handler, sourcePath }) => ({
  name: `${key} leads to ${handler}, which this route alone may invoke`,
  expectHeld({ program, all, only, named }) {
    const route = all("route").find(({ inputs }) => inputs.routeKey === key);
    const [, integrationId = ""] = /^integrations\/(.+)$/.exec(String(route?.inputs.target)) ?? [];
    const integration = program.graph.byId(types.integration, integrationId);
    const lambda = named("function", handler);
    expect(integration?.inputs).toEqual({
      apiId: only("api").id,
      integrationType: "AWS_PROXY",
      integrationUri: lambda.outputs.invokeArn,
      payloadFormatVersion: "2.0",
    });
    const sourceArn = `${only("api").outputs.executionArn}/$default/${sourcePath}`;
    const permissions = all("permission").filter(({ inputs }) => inputs.sourceArn === sourceArn);
    expect(permissions.map(({ inputs }) => inputs)).toEqual([
      {
        action: "lambda:InvokeFunction",
        function: lambda.outputs.name,
        principal: "apigateway.amazonaws.com",
        sourceArn,
      },
    ]);
  },
}));

const ofFunctions: readonly Written[] = Object.keys(tableActions).flatMap((name): Written[] => [
  {
    name: `${name} runs as configured, with nothing in its environment but the table's name`,
    expectHeld({ stack, only, named }) {
      const { code: _package, ...inputs } = named("function", name).inputs;
      expect(inputs).toEqual({
        handler: "__index.handler",
        runtime: "nodejs24.x",
        architectures: ["arm64"],
        timeout: 10,
        memorySize: 256,
        role: named("role", name).arn,
        environment: { variables: { TABLE_NAME: only("table").outputs.name } },
        loggingConfig: { logFormat: "JSON", logGroup: named("logGroup", name).outputs.name },
        ...(stack === "prod" ? { tracingConfig: { mode: "Active" }, reservedConcurrentExecutions: 50 } : {}),
        tags: tagsOf(stack),
      });
      expect(named("logGroup", name).inputs.retentionInDays).toBeGreaterThan(0);
    },
  },
  {
    name: `${name} has a role for Lambda alone, with its table actions, its own logs, and nothing more`,
    expectHeld({ stack, all, only, named }) {
      const role = named("role", name);
      expect(JSON.parse(String(role.inputs.assumeRolePolicy))).toEqual({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
      });
      expect(Object.keys(role.inputs).sort()).toEqual(["assumeRolePolicy", "tags"]);
      const policies = all("rolePolicy").filter(({ inputs }) => inputs.role === role.id);
      expect(policies).toHaveLength(1);
      const { Statement: statements } = JSON.parse(String(policies[0]?.inputs.policy)) as {
        Statement: { Sid: string; Effect: string; Action: string[]; Resource: string }[];
      };
      expect(statements.map((statement) => ({ ...statement, Action: [...statement.Action].sort() }))).toEqual([
        { Sid: "UseTable", Effect: "Allow", Action: tableActions[name], Resource: only("table").arn },
        {
          Sid: "WriteLogs",
          Effect: "Allow",
          Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
          Resource: `${named("logGroup", name).arn}:*`,
        },
        ...(stack === "prod" ? [sendTraces] : []),
      ]);
    },
  },
]);

export const programProperties: readonly ProgramProperty[] = [...ofTheWhole, ...ofRoutes, ...ofFunctions].map(
  ({ name, expectHeld }) => ({ name, expectHeld: (program, stack) => expectHeld(subjectOf(program, stack)) }),
);
