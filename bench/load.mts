/** One load in a process of its own: the words are a URL, connections, how many requests, and a JSON object of method, headers, body. */
import { Agent, request as httpRequest, type IncomingMessage } from "node:http";
import autocannon from "autocannon";

interface Request {
  readonly method: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

const [url = "", connections = "1", amount = "1", text = "{}"] = process.argv.slice(2);
const asked = JSON.parse(text) as Request;
const result = connections === "1" ? await oneAfterTheOther() : await together();
console.log(JSON.stringify(result));

async function together() {
  const begin = performance.now();
  let end = begin;
  const options = { url, connections: Number(connections), amount: Number(amount), ...(asked as object) };
  const ended = Promise.withResolvers<autocannon.Result>();
  const running = autocannon(options, (error: unknown, result) =>
    error ? ended.reject(error) : ended.resolve(result),
  );
  // It ends a while after the last answer.
  running.on("response", () => {
    end = performance.now();
  });
  const { requests, latency, errors, statusCodeStats } = await ended.promise;
  return {
    requests: requests.total,
    rate: (requests.total * 1000) / (end - begin),
    p50Microseconds: latency.p50 * 1000,
    p99Microseconds: latency.p99 * 1000,
    errors,
    statuses: Object.keys(statusCodeStats ?? {}),
  };
}

/** With one connection the time of each request is what counts, and milliseconds are too coarse for it. */
async function oneAfterTheOther() {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const times: number[] = [];
  const statuses = new Set<string>();
  let errors = 0;
  const begin = performance.now();
  for (let sent = 0; sent < Number(amount); sent += 1) {
    const started = performance.now();
    const status = await once(agent).catch(() => undefined);
    times.push((performance.now() - started) * 1000);
    if (status === undefined) errors += 1;
    else statuses.add(String(status));
  }
  const rate = (times.length * 1000) / (performance.now() - begin);
  agent.destroy();
  times.sort((a, b) => a - b);
  return {
    requests: times.length,
    rate,
    p50Microseconds: times[Math.floor(times.length * 0.5)] ?? Number.NaN,
    p99Microseconds: times[Math.floor(times.length * 0.99)] ?? Number.NaN,
    errors,
    statuses: [...statuses],
  };
}

function once(agent: Agent): Promise<number> {
  const { method, headers = {}, body } = asked;
  const length = body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
  return new Promise((resolve, reject) => {
    const sent = httpRequest(
      url,
      { agent, method, headers: { ...headers, ...length } },
      (response: IncomingMessage) => {
        response.resume();
        response.once("end", () => resolve(response.statusCode ?? 0));
      },
    );
    sent.once("error", reject);
    sent.end(body);
  });
}
