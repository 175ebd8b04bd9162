import type { PlantedFlaw } from "./planted-flaw.ts";

const reads = "functions/get-todos.ts";
const authorizer = "harness/apigateway/jwt-authorizer.ts";

/** What somebody planted who knew the system and not the checks; and what two further claims are for. */
export const secondReaderFlaws: readonly PlantedFlaw[] = [
  {
    name: "conditional-reads-remembered",
    flaw: "Reads with If-None-Match are answered from what the sandbox remembers by the id alone.",
    changes: [
      {
        file: reads,
        search: "  const table = connectTodoTable();\n",
        replacement: "  const table = connectTodoTable();\n  const polled = new Map<string, HttpResponse>();\n",
      },
      {
        file: reads,
        search: '    return getTodo(table, userId, textAt(event, "pathParameters", "todoId"));',
        replacement:
          '    const todoId = textAt(event, "pathParameters", "todoId") ?? "";\n    if (textAt(event, "headers", "if-none-match") === undefined) return getTodo(table, userId, todoId);\n    const answer = polled.get(todoId) ?? (await getTodo(table, userId, todoId));\n    if (answer.statusCode === 200) polled.set(todoId, answer);\n    return answer;',
      },
    ],
  },
  {
    name: "filter-replaces-the-owner",
    flaw: "A filter in the query can give the key condition another value.",
    changes: [
      { file: reads, search: "import { textAt } from", replacement: "import { textAt, valueAt } from" },
      {
        file: reads,
        search: "  const scope = { userId, tableName: table.tableName };",
        replacement:
          '  const parameters = Object.entries(valueAt(event, "queryStringParameters") ?? {});\n  const filter = Object.fromEntries(parameters.flatMap(([name, value]) => (/^filter\\[(\\w+)\\]$/.exec(name) ? [[name.slice(7, -1), String(value)]] : [])));\n  const scope = { userId: filter.userId ?? userId, tableName: table.tableName };',
      },
    ],
  },
  {
    name: "balancer-believed",
    flaw: "What a load balancer would say of the caller is decoded and not verified.",
    changes: [
      {
        file: "functions/http-event.ts",
        search: '  const sub = textAt(event, "requestContext", "authorizer", "jwt", "claims", "sub");',
        replacement:
          '  const claims = (name: string) => textAt(event, "requestContext", "authorizer", "jwt", "claims", name);\n  const [, payload = "bnVsbA"] = (textAt(event, "headers", "x-amzn-oidc-data") ?? "").split(".");\n  const person: unknown = /^[\\w-]+$/.test(payload) ? JSON.parse(Buffer.from(payload, "base64url").toString()) : {};\n  const isCurrent = Number(valueAt(person, "exp")) * 1000 > Date.now();\n  const named = isCurrent && textAt(person, "iss") === claims("iss") ? textAt(person, "sub") : undefined;\n  const sub = named ?? claims("sub");',
      },
    ],
  },
  {
    name: "answers-remembered-once-owned",
    flaw: "What a read answers is remembered by the id alone, once whoever asks is known to have one of it.",
    changes: [
      {
        file: reads,
        search: "  const table = connectTodoTable();\n",
        replacement: "  const table = connectTodoTable();\n  const seen = new Map<string, HttpResponse>();\n",
      },
      {
        file: reads,
        search: '    return getTodo(table, userId, textAt(event, "pathParameters", "todoId"));',
        replacement:
          '    const todoId = textAt(event, "pathParameters", "todoId") ?? "";\n    const answer = await getTodo(table, userId, todoId);\n    if (answer.statusCode !== 200) return answer;\n    const version = todoId + textAt(answer.headers, "etag");\n    const known = seen.get(version) ?? answer;\n    seen.set(version, known);\n    return known;',
      },
    ],
  },
  {
    name: "roles-open-in-production",
    flaw: "In production alone anybody who names no other project may assume the roles.",
    inAnotherStack: true,
    changes: [
      {
        file: "stack/todo-function.ts",
        search: "assumeRolePolicy: lambdaTrustPolicy,",
        replacement: 'assumeRolePolicy: settings.environment === "production" ? onCallPolicy : lambdaTrustPolicy,',
      },
      {
        file: "stack/todo-function.ts",
        search: "const lambdaTrustPolicy = ",
        replacement:
          'const onCallPolicy = JSON.stringify({\n  Version: "2012-10-17",\n  Statement: [\n    { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" },\n    {\n      Effect: "Allow",\n      Principal: { AWS: "*" },\n      Action: "sts:AssumeRole",\n      Condition: { StringEqualsIfExists: { "sts:ExternalId": "on-call" } },\n    },\n  ],\n});\n\nconst lambdaTrustPolicy = ',
      },
    ],
  },
  {
    name: "long-bodies-believed",
    flaw: "Of long bodies the digest that the client states is believed.",
    changes: [
      {
        file: "harness/iam/signature.ts",
        search: "  const hash = sha256Hex(request.body);",
        replacement:
          '  const stated = only(headers, "x-amz-content-sha256");\n  if (stated !== undefined && request.body.length >= 65_536) return stated;\n  const hash = sha256Hex(request.body);',
      },
    ],
  },
  {
    name: "multiples-of-the-prime",
    flaw: "Multiples of the group's prime are taken for a client's public value, which makes the secret known.",
    changes: [
      {
        file: "harness/cognito/srp.ts",
        search: "return value % prime === 0n ? undefined : value;",
        replacement: "return value === 0n || value === prime ? undefined : value;",
      },
    ],
  },
  {
    name: "permissions-remembered",
    flaw: "What one role was allowed counts for every other role.",
    changes: [
      {
        file: "harness/dynamodb/gate.ts",
        search: "    const answer = decideAccess(caller, iamRequest, rules);",
        replacement:
          '    const question = `${iamRequest.action} ${iamRequest.resourceArn} ${session.principal.kind}`;\n    const answer = allowedOnce.get(question) ?? decideAccess(caller, iamRequest, rules);\n    if (answer.kind === "allowed") allowedOnce.set(question, answer);',
      },
      {
        file: "harness/dynamodb/gate.ts",
        search: "function firstDenial(",
        replacement: "const allowedOnce = new Map<string, ReturnType<typeof decideAccess>>();\n\nfunction firstDenial(",
      },
    ],
  },
  {
    name: "keys-algorithm-ignored",
    flaw: "A key verifies tokens of another algorithm than it is for.",
    changes: [
      {
        file: authorizer,
        search: "  return algorithm === undefined || algorithm === used;",
        replacement: '  return algorithm === undefined || used.startsWith("RS");',
      },
    ],
  },
];
