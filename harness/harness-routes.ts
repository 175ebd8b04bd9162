import type { OutboxMessage } from "./cognito/outbox.ts";
import type { TestTokenAnswer, TestTokenRequest } from "./cognito/test-tokens.ts";
import { SIGNING_ALGORITHMS } from "./cognito/tokens.ts";
import { SECRET_HEADER, showsSecret } from "./harness-secret.ts";
import { type HttpHandler, type HttpRequest, type HttpResponse, headerValue } from "./http.ts";
import { isJsonObject, parseJsonObject } from "./json.ts";
import { loopbackOrigin } from "./loopback-host.ts";

/** What the developer's routes show and do; see `harnessRoutes`. */
export interface HarnessView {
  health(): Readonly<Record<string, unknown>>;
  outbox(): readonly OutboxMessage[];
  journal(requestId: string | undefined): readonly unknown[];
  invocations(): readonly { readonly requestId: string }[];
  mintToken(request: TestTokenRequest): Promise<TestTokenAnswer>;
  /** Whether a user pool takes `Ana@example.com` for `ana@example.com`. */
  ignoresCase(userPoolId: string): boolean;
  /** What every request has to show, where the developer set one. */
  readonly secret: string | undefined;
}

type Route = (view: HarnessView, request: HttpRequest, url: URL) => HttpResponse | Promise<HttpResponse>;

/**
 * `/_harness/*`: the developer's own view of what runs. It shows codes and makes tokens, so a page in the developer's
 * browser must not reach it: anything but a same-origin or non-browser request to a loopback host is refused. With a secret
 * it also asks for that, so that neither another user of the machine nor a function reaches it.
 */
export function harnessRoutes(view: HarnessView): HttpHandler {
  return (request) => {
    const refusal = browserRefusal(request);
    if (refusal !== undefined) return json(403, { message: refusal });
    if (!showsSecret(request, view.secret)) return json(401, { message: SECRET_MISSING });
    const url = URL.parse(request.target, "http://localhost");
    const route = url === null ? undefined : ROUTES.get(`${request.method} ${url.pathname}`);
    if (url === null || route === undefined)
      return json(404, { message: `No such route. There are: ${[...ROUTES.keys()].join(", ")}` });
    return route(view, request, url);
  };
}

const SECRET_MISSING = `This harness was started with HARNESS_SECRET: send its value in the header ${SECRET_HEADER}.`;

const ROUTES = new Map<string, Route>([
  ["GET /_harness/health", (view) => json(200, view.health())],
  ["GET /_harness/outbox", outbox],
  ["GET /_harness/outbox/code", latestCode],
  [
    "GET /_harness/journal",
    (view, _request, url) => json(200, { entries: view.journal(url.searchParams.get("requestId") ?? undefined) }),
  ],
  ["GET /_harness/invocations", invocations],
  ["POST /_harness/tokens", tokens],
]);

function invocations(view: HarnessView, _request: HttpRequest, url: URL): HttpResponse {
  const asked = url.searchParams.get("requestId");
  return json(200, {
    invocations: view.invocations().filter(({ requestId }) => asked === null || requestId === asked),
  });
}

function browserRefusal(request: HttpRequest): string | undefined {
  const own = loopbackOrigin(request);
  if (own === undefined) return "The Host header does not name this machine's loopback.";
  const origin = headerValue(request.headers, "origin");
  if (origin !== undefined && origin !== own.origin) return "Pages of another origin have no business here.";
  const site = headerValue(request.headers, "sec-fetch-site");
  if (site !== undefined && site !== "same-origin" && site !== "none")
    return "Pages of another site have no business here.";
  return undefined;
}

function outbox(view: HarnessView, _request: HttpRequest, url: URL): HttpResponse {
  const to = addressed(url);
  return json(200, { messages: view.outbox().filter((message) => to === undefined || isFor(view, message, to)) });
}

/** The address that was asked for. A plus stands for itself: addresses have one more often than a space. */
function addressed(url: URL): string | undefined {
  return new URLSearchParams(url.search.replaceAll("+", "%2B")).get("to") ?? undefined;
}

function isFor(view: HarnessView, { to, userPoolId }: OutboxMessage, address: string | undefined): boolean {
  return to === address || (view.ignoresCase(userPoolId) && to.toLowerCase() === address?.toLowerCase());
}

/** The newest code sent to an address, as plain text: for use inside a shell command. */
function latestCode(view: HarnessView, _request: HttpRequest, url: URL): HttpResponse {
  const to = addressed(url);
  const found = view.outbox().findLast((message) => isFor(view, message, to) && message.code !== undefined);
  if (found?.code === undefined)
    return json(404, { message: "No message with a code was sent to this address (?to=…)." });
  return { status: 200, headers: [["content-type", "text/plain"]], body: found.code };
}

async function tokens(view: HarnessView, request: HttpRequest): Promise<HttpResponse> {
  const parsed = tokenRequest(request.body);
  if ("refused" in parsed) return json(400, { message: parsed.refused });
  const answer = await view.mintToken(parsed.request);
  return "token" in answer ? json(200, answer) : json(400, { message: answer.refused });
}

const TEXT_MEMBERS = ["userPoolId", "clientId", "sub", "username"] as const;
const TOKEN_MEMBERS: readonly string[] = [...TEXT_MEMBERS, "tokenUse", "claims", "expiresInSeconds", "algorithm"];

function tokenRequest(body: Buffer): { readonly request: TestTokenRequest } | { readonly refused: string } {
  const given = parseJsonObject(body.toString("utf8") || "{}");
  if (given === undefined) return { refused: "The body must be a JSON object." };
  const { tokenUse, claims, expiresInSeconds, algorithm } = given;
  const unknown = Object.keys(given).find((member) => !TOKEN_MEMBERS.includes(member));
  if (unknown !== undefined)
    return { refused: `There is no member ${unknown}. There are: ${TOKEN_MEMBERS.join(", ")}.` };
  const wrong = TEXT_MEMBERS.find((member) => given[member] !== undefined && typeof given[member] !== "string");
  if (wrong !== undefined) return { refused: `${wrong} must be a string.` };
  if (tokenUse !== undefined && tokenUse !== "access" && tokenUse !== "id")
    return { refused: "tokenUse must be access or id." };
  if (claims !== undefined && !isJsonObject(claims)) return { refused: "claims must be an object." };
  if (expiresInSeconds !== undefined && !Number.isInteger(expiresInSeconds))
    return { refused: "expiresInSeconds must be an integer." };
  if (algorithm !== undefined && !SIGNING_ALGORITHMS.some((known) => known === algorithm))
    return { refused: `algorithm must be one of ${SIGNING_ALGORITHMS.join(", ")}.` };
  return { request: given as TestTokenRequest };
}

function json(status: number, value: unknown): HttpResponse {
  return {
    status,
    headers: [
      ["content-type", "application/json"],
      ["cache-control", "no-store"],
    ],
    body: JSON.stringify(value),
  };
}
