import { createHash } from "node:crypto";
import type { Check, CheckResult, Trial } from "../check.ts";
import type { ReportedResource, SuiteReport } from "../report.ts";

const SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json";

/**
 * The findings as SARIF 2.1.0, at the lines of the program that register the resources: what code hosts show beside the
 * code. Claims that held are results of kind `pass`, those that were not attacked `notApplicable` or `open`.
 * @see https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 */
export function sarifReport({ tool, results, resources, startedAt }: SuiteReport): string {
  const places = new Map(resources.map((resource) => [resource.declaredBy, resource]));
  const rules = results.map(({ check }) => ruleOf(check));
  const log = {
    $schema: SCHEMA,
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: tool.name, semanticVersion: tool.version, rules } },
        columnKind: "utf16CodeUnits",
        originalUriBaseIds: { PROGRAM: { description: { text: "The folder of the Pulumi program." } } },
        invocations: [{ executionSuccessful: true, startTimeUtc: startedAt }],
        results: results.flatMap((result, index) => resultsOf(result, index, places)),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function ruleOf({ id, title, holds, sends, threat }: Omit<Check, "run">) {
  return {
    id,
    shortDescription: { text: `${title}.` },
    fullDescription: { text: holds },
    help: { text: `Sent: ${sends} What must hold: ${holds}` },
    properties: {
      tags: [
        "security",
        ...threat.cwe.map((cwe) => `external/cwe/${cwe.toLowerCase()}`),
        ...threat.owasp,
        ...threat.asvs,
      ],
      "security-severity": "8.0",
    },
    defaultConfiguration: { level: "error" },
  };
}

type Places = ReadonlyMap<string, ReportedResource>;

function resultsOf(
  { check, verdict, reason, trials }: CheckResult,
  ruleIndex: number,
  places: Places,
): readonly object[] {
  const about = { ruleId: check.id, ruleIndex };
  if (verdict === "held") {
    return [{ ...about, kind: "pass", level: "none", message: { text: `Held: ${trials.length} attacks.` } }];
  }
  if (verdict !== "breached") {
    const kind = verdict === "not-applicable" ? "notApplicable" : "open";
    const text = reason ?? trials.find((trial) => trial.verdict === "not-shown")?.evidence ?? "Not shown.";
    return [{ ...about, kind, level: "none", message: { text } }];
  }
  const found = trials.filter((trial) => trial.verdict === "breached");
  return [...Map.groupBy(found, ({ resource }) => resource ?? "")].map(([resource, group]) => ({
    ...about,
    kind: "fail",
    level: "error",
    message: { text: messageOf(group) },
    ...locationOf(places.get(resource)),
    partialFingerprints: { "claimAndResource/v1": fingerprint(check.id, resource) },
  }));
}

function messageOf(trials: readonly Trial[]): string {
  const [first] = trials;
  const more = trials.length > 1 ? ` (and ${trials.length - 1} more attacks)` : "";
  return `${first?.attack}: ${first?.evidence}.${more}`;
}

function locationOf(resource: ReportedResource | undefined) {
  if (resource === undefined) return {};
  const { place, urn, declaredBy } = resource;
  const logicalLocations = [{ fullyQualifiedName: urn ?? declaredBy, kind: "resource" }];
  if (place === undefined) return { locations: [{ logicalLocations }] };
  return {
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: encodeURI(place.file), uriBaseId: "PROGRAM" },
          region: { startLine: place.line, startColumn: place.column },
        },
        logicalLocations,
      },
    ],
  };
}

/** The same finding on the same resource is one, whichever run found it. */
function fingerprint(id: string, resource: string): string {
  return createHash("sha256").update(`${id} ${resource}`).digest("hex").slice(0, 32);
}
