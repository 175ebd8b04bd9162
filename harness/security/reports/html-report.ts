import { type CheckResult, FAMILIES, type Family, familyOf, type Trial, type Verdict } from "../check.ts";
import { countsOf, limitationsOf, overallVerdict, REQUIREMENTS, type SuiteReport } from "../report.ts";
import { stackDiagram } from "./diagram.ts";
import { escaped } from "./escape.ts";
import { STYLE } from "./html-style.ts";

/** The run as one page that needs nothing else: readable on paper, by screen readers and from disk. */
export function htmlReport(report: SuiteReport): string {
  const { project, stack } = report;
  const title = `Security of ${project}, stack ${stack}`;
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">",
    `<title>${escaped(title)}: ${overallVerdict(report.results)}</title><style>${STYLE}</style></head><body>`,
    '<a class="skip" href="#findings">To the findings</a>',
    header(report, title),
    "<main>",
    findings(report),
    requirements(report),
    reasons(report),
    limits(report),
    diagram(report),
    details(report),
    smallestPolicies(report),
    proofs(report),
    resources(report),
    provenance(report),
    signature(),
    "</main>",
    "</body></html>",
    "",
  ].join("\n");
}

const WORDS: Readonly<Record<Verdict, string>> = {
  held: "held",
  breached: "breached",
  "not-applicable": "not applicable",
  "not-shown": "not shown",
};

const badge = (verdict: Verdict) => `<span class="badge ${verdict}">${WORDS[verdict]}</span>`;

const VERDICT_SENTENCES = {
  held: "Every claim that was attacked held.",
  breached: "At least one claim was breached.",
  "not-shown": "Nothing could be shown.",
} as const;

function header(report: SuiteReport, title: string): string {
  const { results, target, startedAt, durationMilliseconds, only, skip } = report;
  const overall = overallVerdict(results);
  const counts = countsOf(results);
  const left = [
    ...(only.length > 0 ? [`only ${only.join(", ")}`] : []),
    ...(skip.length > 0 ? [`without ${skip.join(", ")}`] : []),
  ];
  return [
    "<header>",
    `<h1>${escaped(title)}</h1>`,
    `<p class="verdict ${overall}"><strong>${WORDS[overall]}</strong> ${VERDICT_SENTENCES[overall]}</p>`,
    `<p>${counts.attacks} attacks on ${results.length} claims, ${(durationMilliseconds / 1000).toFixed(0)} seconds, on the target <em>${escaped(target)}</em>, <time datetime="${startedAt}">${startedAt.slice(0, 16).replace("T", " ")} UTC</time>.</p>`,
    left.length === 0 ? "" : `<p class="partial"><strong>Not a whole run:</strong> ${escaped(left.join("; "))}.</p>`,
    `<dl class="counts">${(["held", "breached", "not-shown", "not-applicable"] as const)
      .map((verdict) => `<div class="${verdict}"><dt>${WORDS[verdict]}</dt><dd>${counts[verdict]}</dd></div>`)
      .join("")}</dl>`,
    "</header>",
  ].join("\n");
}

function section(id: string, title: string, content: string): string {
  return `<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>\n${content}\n</section>`;
}

function findings(report: SuiteReport): string {
  const found = report.results.filter(({ verdict }) => verdict === "breached");
  if (found.length === 0) return section("findings", "Findings", "<p>None.</p>");
  const places = placesOf(report);
  return section("findings", "Findings", found.map((result) => finding(result, places)).join("\n"));
}

type Places = ReadonlyMap<string, string>;

function placesOf({ resources }: SuiteReport): Places {
  return new Map(
    resources.map(({ declaredBy, urn, place }) => [
      declaredBy,
      [...(place === undefined ? [] : [`${place.file}:${place.line}`]), ...(urn === undefined ? [] : [urn])].join(
        " · ",
      ),
    ]),
  );
}

const SHOWN_FINDINGS = 10;

function finding({ check, trials }: CheckResult, places: Places): string {
  const found = trials.filter(({ verdict }) => verdict === "breached");
  const items = found.slice(0, SHOWN_FINDINGS).map((trial) => findingItem(trial, places));
  const more =
    found.length > SHOWN_FINDINGS ? `<p>And ${found.length - SHOWN_FINDINGS} more like these, below.</p>` : "";
  return `<article class="finding"><h3>${escaped(check.title)}</h3><p><code>${check.id}</code> ${threatText(check)}</p><ul>${items.join("")}</ul>${more}</article>`;
}

function threatText({ threat }: Omit<CheckResult["check"], "run">): string {
  return escaped([...threat.cwe, ...threat.owasp, ...threat.asvs.map((chapter) => `ASVS 5 ${chapter}`)].join(", "));
}

function findingItem({ attack, evidence, resource, reproduce }: Trial, places: Places): string {
  const where = resource === undefined ? undefined : places.get(resource);
  return [
    `<li><strong>${escaped(attack)}</strong>: ${escaped(evidence)}`,
    ...(resource === undefined
      ? []
      : [`<br><span class="place">${escaped(resource)}${where ? ` (${escaped(where)})` : ""}</span>`]),
    ...(reproduce === undefined ? [] : [`<pre tabindex="0"><code>${escaped(reproduce)}</code></pre>`]),
    "</li>",
  ].join("");
}

function familyResults({ results }: SuiteReport, family: Family): readonly CheckResult[] {
  return results.filter(({ check }) => familyOf(check.id) === family);
}

function requirements(report: SuiteReport): string {
  const rows = FAMILIES.flatMap((family) => {
    const own = familyResults(report, family);
    if (own.length === 0) return [];
    const counts = countsOf(own);
    const verdict: Verdict =
      counts.breached > 0 ? "breached" : counts.held > 0 ? "held" : (own[0]?.verdict ?? "not-shown");
    return [
      `<tr><th scope="row"><a href="#${family}">${REQUIREMENTS[family]}</a></th><td>${badge(verdict)}</td><td class="number">${counts.held}</td><td class="number">${counts.breached}</td><td class="number">${counts["not-shown"] + counts["not-applicable"]}</td><td class="number">${counts.attacks}</td></tr>`,
    ];
  });
  const head = ["Requirement", "Verdict", "Claims held", "Breached", "Not attacked", "Attacks"];
  return section(
    "requirements",
    "Requirements",
    table("What the system must do, and what the attacks showed", head, rows),
  );
}

function table(caption: string, head: readonly string[], rows: readonly string[]): string {
  const cells = head.map((text) => `<th scope="col">${text}</th>`).join("");
  return `<div class="scroll" tabindex="0" role="region" aria-label="${escaped(caption)}"><table><caption>${escaped(caption)}</caption><thead><tr>${cells}</tr></thead><tbody>${rows.join("\n")}</tbody></table></div>`;
}

function reasons({ results }: SuiteReport): string {
  const rows = results
    .filter(({ verdict }) => verdict === "not-applicable" || verdict === "not-shown")
    .map(({ check, verdict, reason, trials }) => {
      const why = reason ?? trials.find((trial) => trial.verdict === "not-shown")?.evidence ?? "";
      return `<tr><th scope="row">${escaped(check.title)}<br><code>${check.id}</code></th><td>${badge(verdict)}</td><td>${escaped(why)}</td></tr>`;
    });
  if (rows.length === 0) return section("reasons", "What was not attacked", "<p>Every claim was attacked.</p>");
  return section(
    "reasons",
    "What was not attacked",
    table("Claims without a verdict of their own, and why", ["Claim", "Verdict", "Reason"], rows),
  );
}

function limits({ results }: SuiteReport): string {
  const found = limitationsOf(results).map((limit) => `<li>${escaped(limit)}</li>`);
  if (found.length === 0) return "";
  return section("limits", "Known limits", `<p>By design, and no breach:</p><ul>${found.join("")}</ul>`);
}

function diagram({ routes }: SuiteReport): string {
  return routes.length === 0 ? "" : section("diagram", "The stack", stackDiagram(routes));
}

function details(report: SuiteReport): string {
  const families = FAMILIES.flatMap((family) => {
    const own = familyResults(report, family);
    if (own.length === 0) return [];
    return [
      `<section aria-labelledby="${family}"><h3 id="${family}">${REQUIREMENTS[family]} <code>${family}</code></h3>${own.map(claim).join("\n")}</section>`,
    ];
  });
  return section("evidence", "Evidence", families.join("\n"));
}

function claim({ check, verdict, reason, trials, durationMilliseconds }: CheckResult): string {
  const rows = trials.map(
    (trial) =>
      `<tr class="${trial.verdict}"><th scope="row">${escaped(trial.attack)}</th><td>${WORDS[trial.verdict]}</td><td>${escaped(trial.evidence)}</td></tr>`,
  );
  const attacks =
    rows.length === 0 ? "" : table(`${check.id}: ${rows.length} attacks`, ["Attack", "Verdict", "Evidence"], rows);
  return [
    `<details class="claim"${verdict === "breached" ? " open" : ""}>`,
    `<summary>${badge(verdict)} ${escaped(check.title)} <span class="count">${trials.length} attacks</span></summary>`,
    `<dl><dt>Id</dt><dd><code>${check.id}</code></dd><dt>Threat</dt><dd>${threatText(check)}</dd><dt>Sent</dt><dd>${escaped(check.sends)}</dd><dt>Must hold</dt><dd>${escaped(check.holds)}</dd>`,
    reason === undefined ? "" : `<dt>Reason</dt><dd>${escaped(reason)}</dd>`,
    `<dt>Time</dt><dd>${durationMilliseconds} ms</dd></dl>`,
    attacks,
    "</details>",
  ].join("");
}

function smallestPolicies({ results }: SuiteReport): string {
  const codes = results.flatMap(({ trials }) =>
    trials.flatMap(({ attack, code }) => (code === undefined ? [] : [{ attack, code }])),
  );
  if (codes.length === 0) return "";
  const shown = codes.map(
    ({ attack, code }) => `<h3>${escaped(attack)}</h3><pre tabindex="0"><code>${escaped(code)}</code></pre>`,
  );
  return section(
    "policies",
    "The smallest policies",
    `<p>What the run needed, as the code that would replace today's.</p>${shown.join("\n")}`,
  );
}

function proofs({ proofs: proven }: SuiteReport): string {
  if (proven.length === 0) return "";
  const rows = proven.map(
    ({ name, flaw, foundBy, seconds }) =>
      `<tr><th scope="row">${escaped(flaw)}<br><code>${escaped(name)}</code></th><td>${foundBy.map((id) => `<code>${escaped(id)}</code>`).join("<br>") || "nothing"}</td><td class="number">${seconds.toFixed(1)} s</td></tr>`,
  );
  const intro = `<p>So that nobody has to believe the suite: ${proven.length} flaws were planted in this system, one at a time, and each was found.</p>`;
  return section(
    "proofs",
    "The proof of the proof",
    intro + table("Planted flaws and the claims that found them", ["Flaw", "Found by", "Time"], rows),
  );
}

function resources({ resources: all }: SuiteReport): string {
  const rows = all.map(
    ({ declaredBy, urn, place }) =>
      `<tr><th scope="row">${escaped(declaredBy)}</th><td>${place === undefined ? "" : escaped(`${place.file}:${place.line}`)}</td><td><code>${escaped(urn ?? "")}</code></td></tr>`,
  );
  return section(
    "resources",
    "Resources",
    table(`The ${all.length} resources that were attacked`, ["Resource", "Registered at", "URN"], rows),
  );
}

function provenance({ tool, environment, hashes, seed, startedAt }: SuiteReport): string {
  const facts: readonly (readonly [string, string])[] = [
    ["Suite", `${tool.name} ${tool.version}`],
    ["Runtime", `${environment.node} on ${environment.system}`],
    ["Started", startedAt],
    ["Seed", String(seed)],
    ["Program, SHA-256", hashes.program],
    ["Resource graph, SHA-256", hashes.graph],
    ...Object.entries(hashes.packages).map(([name, hash]) => [`Package of ${name}, SHA-256`, hash] as const),
  ];
  const list = facts.map(([name, value]) => `<dt>${escaped(name)}</dt><dd><code>${escaped(value)}</code></dd>`);
  return section("provenance", "What exactly was attacked", `<dl class="facts">${list.join("")}</dl>`);
}

function signature(): string {
  const lines = ["Reviewed by", "Date", "Decision"].map((label) => `<div><span>${label}</span></div>`);
  return `<section class="signature" aria-label="Sign-off">${lines.join("")}</section>`;
}
