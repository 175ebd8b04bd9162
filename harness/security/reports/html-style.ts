/** Colours keep a contrast of at least 4.5 to 1, by day, by night and on paper; no verdict is told by colour alone. */
export const STYLE = `
:root{color-scheme:light dark;--ink:#1a1f26;--soft:#4a5563;--paper:#fff;--panel:#f5f7f9;--rule:#d3dae1;--held:#0b6b3a;--held-back:#e4f4ea;--breached:#a3141c;--breached-back:#fdeaea;--other:#4a5563;--other-back:#eceff3;--shown:#7a4a00;--shown-back:#fdf1dc;--link:#0a4f9e}
@media (prefers-color-scheme:dark){:root{--ink:#e6eaef;--soft:#aab4c0;--paper:#14181d;--panel:#1c2229;--rule:#36404b;--held:#79d9a2;--held-back:#12301f;--breached:#ff9a9a;--breached-back:#3c1518;--other:#b6c0cc;--other-back:#262e37;--shown:#f2c078;--shown-back:#35280f;--link:#8ec1ff}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:66rem;padding:2.5rem 1.5rem 4rem;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
h1{font-size:2rem;line-height:1.2;margin:0 0 1rem;letter-spacing:-.01em}
h2{font-size:1.35rem;margin:2.75rem 0 .75rem;padding-bottom:.3rem;border-bottom:1px solid var(--rule)}
h3{font-size:1.05rem;margin:1.75rem 0 .6rem}
h3 code{font-weight:400;color:var(--soft)}
a{color:var(--link)}
code,pre{font:.86em/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
pre{margin:.5rem 0 0;padding:.7rem .9rem;background:var(--panel);border:1px solid var(--rule);border-radius:6px;overflow-x:auto;white-space:pre-wrap;overflow-wrap:anywhere}
.skip{position:absolute;left:-999rem}.skip:focus{left:1rem;top:1rem;background:var(--paper);padding:.5rem}
.verdict{margin:0 0 1rem;padding:.9rem 1.1rem;border-radius:8px;border-left:6px solid;font-size:1.1rem}
.verdict strong{text-transform:uppercase;letter-spacing:.05em;margin-right:.5rem}
.verdict.held,.counts .held{color:var(--held);background:var(--held-back)}
.verdict.breached,.counts .breached{color:var(--breached);background:var(--breached-back)}
.verdict.not-shown,.counts .not-shown{color:var(--shown);background:var(--shown-back)}
.counts .not-applicable{color:var(--other);background:var(--other-back)}
.partial{padding:.6rem .9rem;background:var(--shown-back);color:var(--shown);border-radius:6px}
.counts{display:grid;grid-template-columns:repeat(4,1fr);gap:.75rem;margin:1.25rem 0 0}
.counts div{padding:.8rem 1rem;border-radius:8px;display:flex;flex-direction:column-reverse}
.counts dt{font-size:.85rem}.counts dd{margin:0;font-size:1.9rem;font-weight:650;line-height:1.1}
.badge{display:inline-block;min-width:6.2em;text-align:center;padding:.1rem .55rem;border-radius:999px;font-size:.8rem;font-weight:600;white-space:nowrap}
.badge.held{color:var(--held);background:var(--held-back)}.badge.breached{color:var(--breached);background:var(--breached-back)}
.badge.not-shown{color:var(--shown);background:var(--shown-back)}.badge.not-applicable{color:var(--other);background:var(--other-back)}
.scroll{overflow-x:auto;margin-top:.6rem}
table{border-collapse:collapse;width:100%;font-size:.92rem}
caption{text-align:left;color:var(--soft);padding:.2rem 0 .5rem}
th,td{text-align:left;vertical-align:top;padding:.42rem .6rem;border-bottom:1px solid var(--rule);overflow-wrap:anywhere}
thead th{font-size:.8rem;color:var(--soft);border-bottom:2px solid var(--rule);overflow-wrap:normal}
tbody th{font-weight:500}
td.number{text-align:right;font-variant-numeric:tabular-nums}
tr.breached td:nth-child(2){color:var(--breached);font-weight:600}tr.not-shown td:nth-child(2){color:var(--shown)}
.finding{border:1px solid var(--breached);border-radius:8px;padding:.4rem 1.1rem 1rem;margin:1rem 0}
.finding li{margin:.6rem 0}.place{color:var(--soft);font-size:.9rem}
.claim{border:1px solid var(--rule);border-radius:8px;padding:.55rem .9rem;margin:.5rem 0}
.claim summary{cursor:pointer}.claim .count{color:var(--soft);font-size:.85rem;float:right}
.claim dl,.facts{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1rem;margin:.8rem 0 .4rem;font-size:.92rem}
.claim dt,.facts dt{color:var(--soft)}.claim dd,.facts dd{margin:0;overflow-wrap:anywhere}
svg{width:100%;height:auto;font:12px ui-monospace,Menlo,Consolas,monospace}
svg .node{fill:var(--panel);stroke:var(--rule)}svg .open{fill:var(--breached-back);stroke:var(--breached)}svg text{fill:var(--ink)}svg .edge{fill:none;stroke:var(--soft);stroke-width:1.2}
.signature{display:grid;grid-template-columns:2fr 1fr 1fr;gap:2rem;margin-top:4rem}
.signature div{border-top:1px solid var(--ink);padding-top:.3rem;font-size:.85rem;color:var(--soft)}
@media (max-width:40rem){.counts{grid-template-columns:repeat(2,1fr)}.signature{grid-template-columns:1fr}}
@media print{:root{color-scheme:light}body{max-width:none;padding:0;font-size:10pt}details::details-content{content-visibility:visible;height:auto}.claim,.finding,tr{break-inside:avoid}h2,h3{break-after:avoid}.skip{display:none}.scroll{overflow:visible}}
`.trim();
