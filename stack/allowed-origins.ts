/** What keeps a list of origins from being used for CORS, one sentence for each; none when all is well. */
export function originProblems(origins: unknown): readonly string[] {
  if (!Array.isArray(origins)) return ["is not a list"];
  if (origins.length === 0) return ["is empty"];
  const problems = origins.flatMap((origin, index) => {
    const problem = originProblem(origin);
    if (problem !== undefined) return [`has ${JSON.stringify(origin)}, which ${problem}`];
    return origins.indexOf(origin) < index ? [`has ${JSON.stringify(origin)} twice`] : [];
  });
  return [...new Set(problems)];
}

/**
 * An origin is compared with the browser's `Origin` header as text, so it must be written as browsers send it: scheme,
 * host and port, in lower case, without the scheme's own port and without a slash at the end. RFC 6454, section 6.2.
 */
function originProblem(origin: unknown): string | undefined {
  if (typeof origin !== "string" || origin.trim() === "") return "is not an origin";
  if (origin.includes("*")) return "has a star: name each origin in full";
  const url = URL.canParse(origin) ? new URL(origin) : undefined;
  if (url?.protocol !== "https:" && url?.protocol !== "http:") {
    return "is not an origin: write it like https://app.example.com";
  }
  if (url.origin !== origin) return `is more than an origin: write it as ${url.origin}`;
  if (url.protocol === "http:" && !isLoopback(url.hostname)) return "is not encrypted: http:// is for localhost only";
  return undefined;
}

/** Whether a page on the visitor's own machine is meant: right while developing, and nowhere else. */
export function isLoopbackOrigin(origin: string): boolean {
  return URL.canParse(origin) && isLoopback(new URL(origin).hostname);
}

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "127.0.0.1" || hostname === "[::1]";
}
