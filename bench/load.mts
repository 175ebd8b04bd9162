/** One load in a process of its own: the words are a URL, connections, seconds, and a JSON object of method, headers, body. */
import autocannon from "autocannon";

const [url = "", connections = "1", seconds = "1", request = "{}"] = process.argv.slice(2);
const result = await autocannon({
  url,
  connections: Number(connections),
  duration: Number(seconds),
  ...JSON.parse(request),
});
const statuses = Object.keys(result.statusCodeStats ?? {});
console.log(
  JSON.stringify({
    rate: result.requests.average,
    p50: result.latency.p50,
    p99: result.latency.p99,
    errors: result.errors,
    statuses,
  }),
);
