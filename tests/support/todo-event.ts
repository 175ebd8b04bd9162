export type RouteKey =
  | "POST /todos"
  | "GET /todos"
  | "GET /todos/{todoId}"
  | "PUT /todos/{todoId}"
  | "DELETE /todos/{todoId}";

export interface TodoRequest {
  readonly call: RouteKey;
  readonly sub: string;
  readonly id?: string | undefined;
  readonly query?: Readonly<Record<string, string>> | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: string | undefined;
  readonly isBase64Encoded?: boolean;
}

export const requestId = "JKJaXmPLvHcESHA=";

/** The event of a request as the gateway makes it: what does not apply is left out. */
export function todoEvent({ call, sub, id, query, headers, body, isBase64Encoded }: TodoRequest) {
  const [method = "", template = ""] = call.split(" ");
  const path = template.replace("{todoId}", id ?? "");
  return {
    version: "2.0",
    routeKey: call,
    rawPath: path,
    rawQueryString: query === undefined ? "" : new URLSearchParams(query).toString(),
    headers: { authorization: "Bearer eyJhbGciOiJSUzI1NiJ9.secret-token.signature", host: "example", ...headers },
    ...(query === undefined ? {} : { queryStringParameters: query }),
    requestContext: {
      accountId: "123456789012",
      apiId: "a1b2c3d4e5",
      authorizer: { jwt: { claims: { sub, token_use: "access" }, scopes: ["aws.cognito.signin.user.admin"] } },
      http: { method, path, protocol: "HTTP/1.1", sourceIp: "203.0.113.7", userAgent: "curl/8.5.0" },
      requestId,
      routeKey: call,
      stage: "$default",
    },
    ...(id === undefined ? {} : { pathParameters: { todoId: id } }),
    ...(body === undefined ? {} : { body }),
    isBase64Encoded: isBase64Encoded ?? false,
  };
}
