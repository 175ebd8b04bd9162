import type { HeaderList } from "../../http.ts";
import { headerValue } from "../../http.ts";
import { sendRawRequest } from "../../targets/raw-request.ts";
import { type Check, notApplicable, notShown, type Threat, type Trial } from "../check.ts";
import { type ListeningPort, listeningPorts } from "../listening-ports.ts";
import type { Subject } from "../subject.ts";
import { signatures } from "./signatures.ts";

const threat: Threat = { cwe: ["CWE-306", "CWE-668", "CWE-1327"], owasp: ["API8:2023"], asvs: ["V13"] };

const isLoopback = (address: string) => address.startsWith("127.") || address === "::1";

/** Every program of the machine, and every web page, tries these first. */
const KNOWN_ADDRESSES: ReadonlySet<string> = new Set(["127.0.0.1", "::1", "0.0.0.0", "::"]);

const addresses: Check = {
  id: "doors.loopback",
  title: "The target listens on this machine's loopback alone",
  threat,
  sends: "Nothing: the ports that its processes listen on are looked at.",
  holds: "Every port is bound to an address of 127.0.0.0/8 or to ::1.",
  run(subject) {
    const ports = portsOf(subject);
    if (!("length" in ports)) return ports;
    return ports.map(
      (port): Trial => ({
        attack: `the port of ${nameOf(subject, port)}`,
        verdict: isLoopback(port.address) ? "held" : "breached",
        evidence: `bound to ${port.address}`,
      }),
    );
  },
};

function portsOf(subject: Subject) {
  if (subject.local === undefined)
    return notApplicable("the ports of processes that this run did not start are not its to try");
  const ports = listeningPorts(process.pid);
  if (ports === undefined) return notShown("the ports of a process are read from /proc, which this system has not");
  return ports;
}

function nameOf({ target, local }: Subject, { port, command }: ListeningPort): string {
  if (target.apis.some(({ url }) => new URL(url).port === String(port))) return "the API";
  if (new URL(local?.awsEndpointUrl ?? "http://x").port === String(port)) return "the AWS endpoint";
  return command.split("/").at(-1) ?? "another process";
}

interface Knock {
  readonly name: string;
  readonly method: string;
  readonly target: string;
  readonly headers: HeaderList;
  readonly body?: string;
}

/** A signature that nobody made, under an access key that is or is not known. It claims every header that has to be signed,
 * so that nothing but the signature itself is left to refuse it. */
function anySignature(accessKeyId: string, region: string, day: string): string {
  const credential = `${accessKeyId}/${day}/${region}/dynamodb/aws4_request`;
  return `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host;x-amz-date;x-amz-target, Signature=${"0".repeat(64)}`;
}

const UNKNOWN_KEY = "AKIAIOSFODNN7EXAMPLE";

const dynamo =
  (amzDate: string) =>
  (name: string, operation: string, body: object, authorization: string): Knock => ({
    name,
    method: "POST",
    target: "/",
    headers: [
      ["content-type", "application/x-amz-json-1.0"],
      ["x-amz-target", `DynamoDB_20120810.${operation}`],
      ["x-amz-date", amzDate],
      ["origin", "https://attacker.example"],
      ...(authorization === "" ? [] : [["authorization", authorization] as const]),
    ],
    body: JSON.stringify(body),
  });

function knocks({ model, local }: Subject): readonly Knock[] {
  const [table] = model.tables;
  const now = new Date(local?.clock.nowMilliseconds() ?? 0).toISOString().replaceAll(/[-:]|\.\d{3}/g, "");
  const ask = dynamo(now);
  const sign = (key: string) => anySignature(key, model.program.deployment.region, now.slice(0, 8));
  const [unknown, known] = [sign(UNKNOWN_KEY), sign(local?.administrator.accessKeyId ?? UNKNOWN_KEY)];
  const cognito = (operation: string, body: object): Knock => ({
    name: `${operation} without a key`,
    method: "POST",
    target: "/",
    headers: [
      ["content-type", "application/x-amz-json-1.1"],
      ["x-amz-target", `AWSCognitoIdentityProviderService.${operation}`],
    ],
    body: JSON.stringify(body),
  });
  const pool = model.userPools[0]?.id ?? "eu-west-1_none";
  return [
    ask("ListTables without a key", "ListTables", {}, ""),
    ask("ListTables with any signature", "ListTables", {}, unknown),
    ask("ListTables with any signature under a known key", "ListTables", {}, known),
    ask("Scan without a key", "Scan", { TableName: table?.name ?? "none" }, ""),
    ask("Scan with any signature", "Scan", { TableName: table?.name ?? "none" }, unknown),
    ask("Scan with any signature under a known key", "Scan", { TableName: table?.name ?? "none" }, known),
    ask("DeleteTable with any signature", "DeleteTable", { TableName: "never-there" }, unknown),
    cognito("ListUsers", { UserPoolId: pool }),
    cognito("AdminGetUser", { UserPoolId: pool, Username: "nobody" }),
    {
      name: "the developer's journal from a page",
      method: "GET",
      target: "/_harness/journal",
      headers: [["origin", "https://attacker.example"]],
    },
    {
      name: "the developer's outbox from a rebound name",
      method: "GET",
      target: "/_harness/outbox",
      headers: [["host", "attacker.example"]],
    },
    {
      name: "a token from a page of another site",
      method: "POST",
      target: "/_harness/tokens",
      headers: [
        ["sec-fetch-site", "cross-site"],
        ["content-type", "text/plain"],
      ],
      body: '{"username":"admin"}',
    },
  ];
}

const keyless: Check = {
  id: "doors.keyless",
  title: "No port of the target gives anything without a key",
  threat,
  sends:
    "DynamoDB and Cognito operations without a signature and with any signature, and the developer's routes from foreign pages, to every port that its processes listen on.",
  holds: "Each is refused (or is no HTTP at all), and no answer allows a foreign origin to read it.",
  alone: true,
  async run(subject) {
    const ports = portsOf(subject);
    if (!("length" in ports)) return ports;
    const trials: Trial[] = [];
    for (const port of ports) for (const knock of knocks(subject)) trials.push(await knockAt(subject, port, knock));
    return trials;
  },
};

async function knockAt(
  subject: Subject,
  port: ListeningPort,
  { name, method, target, headers, body }: Knock,
): Promise<Trial> {
  const attack = `${nameOf(subject, port)}: ${name}`;
  try {
    const host = port.address.includes(":")
      ? `[${port.address}]`
      : port.address === "0.0.0.0"
        ? "127.0.0.1"
        : port.address;
    const answer = await sendRawRequest(
      new URL(`http://${host}:${port.port}`),
      { method, target, headers, ...(body === undefined ? {} : { body }) },
      { timeoutMilliseconds: 2_000 },
    );
    const allowed = headerValue(answer.headers, "access-control-allow-origin");
    const open = answer.status < 400;
    // A refusal that any page may read tells nothing but that the port is there; Cognito's is meant for pages.
    if (!open) return { attack, verdict: "held", evidence: `refused with ${answer.status}` };
    const evidence = `answered ${answer.status}${allowed === undefined ? "" : `, readable for ${allowed}`}`;
    if (KNOWN_ADDRESSES.has(port.address)) return { attack, verdict: "breached", evidence };
    return {
      attack,
      verdict: "held",
      evidence: `${evidence}, at an address that nobody can guess`,
      limitation: `${nameOf(subject, port)} asks for no key: it is kept apart by an address among 16 million that is drawn at each start, which no web page finds; a program of this machine that lists open sockets does.`,
    };
  } catch {
    return { attack, verdict: "held", evidence: "no HTTP answer" };
  }
}

export const doors: readonly Check[] = [addresses, keyless, signatures];
