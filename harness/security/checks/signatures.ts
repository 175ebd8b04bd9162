import { createHash } from "node:crypto";
import { type DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import type { HeaderList } from "../../http.ts";
import { sendRawRequest } from "../../targets/raw-request.ts";
import { type Check, notApplicable, notShown, type Threat, type Trial } from "../check.ts";
import { tableClient } from "../table-client.ts";

const threat: Threat = { cwe: ["CWE-347", "CWE-345", "CWE-294"], owasp: ["API2:2023"], asvs: ["V9", "V13"] };

/** A request as it was rightly signed. */
interface Signed {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Whoever has seen one signed request holds all of it but the key. */
export const signatures: Check = {
  id: "doors.signatures",
  title: "A signed request counts as it was signed, for its time, and for nothing else",
  threat,
  sends:
    "A rightly signed request to the tables, changed: another body (small and large, with the stated digest kept or made anew), operation, date, host, region, key, fewer signed headers; and sent long after.",
  holds: "Each is refused.",
  alone: true,
  async run({ local, model }) {
    if (local === undefined)
      return notApplicable("the signatures of services that this run did not start are not its to try");
    if (model.tables.length === 0) return notApplicable("the program has no table, so nothing is signed");
    const { awsEndpointUrl, administrator } = local;
    const { region } = model.program.deployment;
    const client = tableClient(awsEndpointUrl, region, administrator);
    const late = tableClient(awsEndpointUrl, region, administrator, -LONG_BEFORE_MILLISECONDS);
    try {
      const signed = await captured(client);
      const untouched = await send(awsEndpointUrl, signed);
      if (untouched !== 200) return notShown(`the request as it was signed is answered ${untouched}`);
      const trials: Trial[] = [];
      for (const [name, changed] of Object.entries(changes(signed)))
        trials.push(judged(name, await send(awsEndpointUrl, changed)));
      const old = await captured(late);
      trials.push(judged("a request that was signed twenty minutes ago", await send(awsEndpointUrl, old)));
      return trials;
    } finally {
      client.destroy();
      late.destroy();
    }
  },
};

const LONG_BEFORE_MILLISECONDS = 20 * 60 * 1000;

function judged(attack: string, status: number): Trial {
  const held = status >= 400 && status < 500;
  return {
    attack,
    verdict: held ? "held" : "breached",
    evidence: held ? `refused with ${status}` : `answered ${status}`,
  };
}

/** What the SDK sends, signed; whatever the answer is. */
async function captured(client: DynamoDBClient): Promise<Signed> {
  let signed: { readonly headers: Signed["headers"]; readonly body: Uint8Array | string } | undefined;
  // A digest that is stated and signed is what a reader could believe in place of making its own. The length is not signed:
  // it would refuse other bodies by itself, and clients need not sign it.
  client.middlewareStack.add(
    (next) => (args) => {
      const request = args.request as { headers: Record<string, string>; body: Uint8Array | string };
      delete request.headers["content-length"];
      request.headers["x-amz-content-sha256"] = createHash("sha256").update(request.body).digest("hex");
      return next(args);
    },
    { step: "build", priority: "low", name: "stateDigest" },
  );
  client.middlewareStack.add(
    (next) => async (args) => {
      signed = args.request as typeof signed;
      return next(args);
    },
    { step: "finalizeRequest", priority: "low", name: "captureSigned" },
  );
  await client.send(new ListTablesCommand({})).catch((error: unknown) => {
    if (signed === undefined) throw error;
  });
  if (signed === undefined) throw new Error("the SDK sent no request");
  const { headers, body } = signed;
  return { headers, body: typeof body === "string" ? body : new TextDecoder().decode(body) };
}

const OTHER_BODY = '{"Limit":1}';

/** Sizes at which implementations change how they read a body. */
const SIZES = [0, 1024, 64 * 1024, 1024 * 1024] as const;

function changes(signed: Signed): Readonly<Record<string, Signed>> {
  const { headers, body } = signed;
  const { authorization = "" } = headers;
  const withHeaders = (changed: Readonly<Record<string, string>>): Signed => ({
    body,
    headers: { ...headers, ...changed },
  });
  const signedAs = (from: RegExp, to: string) => withHeaders({ authorization: authorization.replace(from, to) });
  const bodies = SIZES.flatMap((size) => {
    const other = OTHER_BODY.padEnd(size);
    const name = `another body of ${size || "a few"} bytes`;
    const digest = createHash("sha256").update(other).digest("hex");
    const { "x-amz-content-sha256": _digest, ...without } = headers;
    return [
      [`${name}, the stated digest kept`, { headers, body: other }],
      [
        `${name}, the stated digest made anew`,
        { headers: { ...headers, "x-amz-content-sha256": digest }, body: other },
      ],
      [`${name}, no digest stated`, { headers: without, body: other }],
    ] as const;
  });
  return {
    ...Object.fromEntries(bodies),
    "another body, said to be unsigned": {
      headers: { ...headers, "x-amz-content-sha256": "UNSIGNED-PAYLOAD" },
      body: OTHER_BODY,
    },
    "another operation": withHeaders({ "x-amz-target": "DynamoDB_20120810.DescribeEndpoints" }),
    "another date": withHeaders({ "x-amz-date": String(headers["x-amz-date"]).replace(/\d{4}Z$/, "0000Z") }),
    "another host": withHeaders({ host: "dynamodb.attacker.example" }),
    "another region": signedAs(/(Credential=[^/]+\/\d+\/)[^/]+/, "$1us-gov-west-1"),
    "another service": signedAs(/\/dynamodb\//, "/sts/"),
    "another day": signedAs(/(Credential=[^/]+\/)\d+/, "$120200101"),
    "another key": signedAs(/Credential=[^/]+/, "Credential=AKIAIOSFODNN7EXAMPLE"),
    "a session token that was not signed": withHeaders({ "x-amz-security-token": "attackers-token" }),
    "no signed headers": signedAs(/SignedHeaders=[^,]+/, "SignedHeaders="),
    "the host alone signed": signedAs(/SignedHeaders=[^,]+/, "SignedHeaders=host"),
    "a digit of the signature changed": signedAs(/.$/, authorization.endsWith("0") ? "1" : "0"),
    "half of the signature": signedAs(/.{32}$/, ""),
    "no signature": signedAs(/Signature=.*$/, "Signature="),
  };
}

async function send(endpointUrl: string, { headers, body }: Signed): Promise<number> {
  const list: HeaderList = Object.entries(headers).filter(([name]) => name !== "content-length");
  const request = { method: "POST", target: "/", headers: list, body };
  return (await sendRawRequest(new URL(endpointUrl), request)).status;
}
