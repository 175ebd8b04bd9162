import type { Inputs } from "../resources/inputs.ts";
import { HTTP_METHODS } from "./route-key.ts";

/** An API's `corsConfiguration`; empty lists are absent in the answers.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html */
export interface CorsConfiguration {
  readonly allowOrigins: readonly string[];
  readonly allowMethods: readonly string[];
  readonly allowHeaders: readonly string[];
  readonly exposeHeaders: readonly string[];
  readonly allowCredentials: boolean;
  readonly maxAgeSeconds?: number;
}

const MAXIMUM_AGE_SECONDS = 86_400;
const WILDCARD_ORIGINS: ReadonlySet<string> = new Set(["*", "http://*", "https://*"]);
const METHODS: ReadonlySet<string> = new Set([...HTTP_METHODS, "*"]);

/** Reads an API's CORS block, or finds what AWS would refuse in it. */
export function readCorsConfiguration(api: Inputs): CorsConfiguration | undefined {
  if (!api.has("corsConfiguration")) return undefined;
  const block = api.block("corsConfiguration");
  const maxAgeSeconds = block.number("maxAge");
  const configuration: CorsConfiguration = {
    allowOrigins: block.texts("allowOrigins"),
    allowMethods: block.texts("allowMethods"),
    allowHeaders: block.texts("allowHeaders"),
    exposeHeaders: block.texts("exposeHeaders"),
    allowCredentials: block.flag("allowCredentials") === true,
    ...(maxAgeSeconds === undefined ? {} : { maxAgeSeconds }),
  };
  for (const fault of corsFaults(configuration)) api.report(fault);
  return configuration;
}

function corsFaults(cors: CorsConfiguration): readonly string[] {
  const faults: string[] = [];
  if (cors.allowCredentials && cors.allowOrigins.includes("*")) {
    faults.push("`allowOrigins: *` together with `allowCredentials` is refused by AWS: list the origins.");
  }
  for (const origin of cors.allowOrigins) {
    if (!isAllowedOrigin(origin)) {
      faults.push(
        `\`allowOrigins\` has ${JSON.stringify(origin)}, which no Origin header equals: write scheme, host and port only.`,
      );
    }
  }
  for (const method of cors.allowMethods) {
    if (!METHODS.has(method)) faults.push(`\`allowMethods\` has ${JSON.stringify(method)}, which is no method.`);
  }
  for (const header of [...cors.allowHeaders, ...cors.exposeHeaders]) {
    if (!/^[!#$%&'*+.^_`|~A-Za-z0-9-]+$/.test(header)) faults.push(`${JSON.stringify(header)} is no header name.`);
  }
  const age = cors.maxAgeSeconds;
  if (age !== undefined && !(Number.isInteger(age) && age >= -1 && age <= MAXIMUM_AGE_SECONDS)) {
    faults.push(`\`maxAge\` must be a whole number from -1 to ${MAXIMUM_AGE_SECONDS}.`);
  }
  return faults;
}

/** A wildcard that AWS knows, or text that a browser can send as `Origin` (RFC 6454, section 6.2). */
function isAllowedOrigin(origin: string): boolean {
  if (WILDCARD_ORIGINS.has(origin)) return true;
  if (/[*\s,]/.test(origin)) return false;
  const url = URL.parse(origin);
  if (url === null) return false;
  return url.origin === "null" ? /^[a-z][a-z0-9+.-]*:\/\/[^/?#@]+$/.test(origin) : url.origin === origin;
}
