import type { ReportColours } from "./reportFacts.ts";

/** Of the page; the figures' own colours come beside them. */
const pageColours: ReportColours = [
  { name: "surface", light: "#ffffff", dark: "#141517" },
  { name: "sunken", light: "#f6f5f2", dark: "#1c1d1f" },
  { name: "border", light: "#e0dfda", dark: "#33363a" },
  { name: "ink", light: "#1b1b19", dark: "#ececea" },
  { name: "ink-soft", light: "#5c5b56", dark: "#b0b0ac" },
  { name: "good", light: "#1d6b3a", dark: "#6fce93" },
  { name: "bad", light: "#a3231b", dark: "#ff8a80" },
  { name: "warn", light: "#85580a", dark: "#e8b85a" },
  { name: "quiet", light: "#5c5b56", dark: "#b0b0ac" },
];

const declared = (colours: ReportColours, theme: "light" | "dark"): string =>
  colours.map((colour) => `--${colour.name}:${colour[theme]}`).join(";");

/** Printed pages are light, whatever the screen is. */
export const reportStyle = (figureColours: ReportColours): string => {
  const colours = [...pageColours, ...figureColours];
  return `:root{color-scheme:light dark;${declared(colours, "light")}}
@media screen and (prefers-color-scheme:dark){:root{${declared(colours, "dark")}}}
${rules}`;
};

const rules = `*{box-sizing:border-box}
body{margin:0;background:var(--surface);color:var(--ink);font:15px/1.55 Inter,'Noto Sans JP',system-ui,sans-serif}
main{max-width:824px;margin:0 auto;padding:40px 32px 64px}
h1{margin:0;font-size:28px;line-height:1.2;font-weight:600;letter-spacing:-0.01em;overflow-wrap:anywhere}
h2{margin:44px 0 12px;padding-bottom:6px;border-bottom:1px solid var(--border);font-size:18px;line-height:1.3;font-weight:600;break-after:avoid}
h3{margin:0 0 8px;font-size:15px;font-weight:600}
p{margin:0 0 10px}
.subtitle{margin:6px 0 0;color:var(--ink-soft)}
.lead{margin:20px 0 0;font-size:17px}
.soft,figcaption,footer{color:var(--ink-soft);font-size:13px}
figcaption{margin-top:6px;max-width:72ch}
nav{display:flex;flex-wrap:wrap;gap:4px 18px;margin-top:16px;font-size:13px}
a{color:inherit;text-decoration-color:var(--border);text-underline-offset:3px}
a:hover{text-decoration-color:currentColor}
.scroll{overflow-x:auto}
table{width:100%;border-collapse:collapse;font-size:13px;line-height:1.4}
th,td{padding:5px 12px 5px 0;border-bottom:1px solid var(--border);text-align:left;vertical-align:baseline;white-space:nowrap}
th:last-child,td:last-child{padding-right:0}
th{color:var(--ink-soft);font-weight:400}
thead th{vertical-align:bottom;white-space:normal}
.number,dd{font-variant-numeric:tabular-nums}
.number{text-align:right}
th.group{text-align:center;border-bottom-color:var(--ink-soft)}
.grey{color:var(--ink-soft)}
tr{break-inside:avoid}
.mark{white-space:nowrap}
.mark::before{display:inline-block;width:1.15em;font-weight:600}
.good{color:var(--good)}.bad{color:var(--bad)}.warn{color:var(--warn)}.quiet{color:var(--quiet)}
.mark.good::before{content:"\\25CF"}.mark.bad::before{content:"\\2715"}.mark.warn::before{content:"\\25B2"}.mark.quiet::before{content:"\\25CB"}
.claims{margin:0;padding:0;list-style:none}
.claims li{display:grid;grid-template-columns:minmax(0,1fr) minmax(0,21em);gap:0 24px;padding:8px 0;border-bottom:1px solid var(--border);break-inside:avoid}
.claims .mark{white-space:normal;padding-left:1.15em;text-indent:-1.15em}
.claims .mark::before{text-indent:0}
.claims .soft{display:block;overflow-wrap:anywhere}
pre span{white-space:nowrap}
ul.plain{margin:0 0 10px;padding:0;list-style:none}
ul.plain li{margin:0 0 6px;break-inside:avoid}
ul.plain b{font-weight:600}
ol.steps{margin:0;padding-left:1.6em}
ol.steps li{margin:0 0 14px;padding-left:4px;break-inside:avoid}
pre{margin:6px 0 0;padding:9px 12px;border:1px solid var(--border);border-radius:4px;background:var(--sunken);font:13px/1.5 ui-monospace,'JetBrains Mono',SFMono-Regular,Menlo,Consolas,monospace;white-space:pre-wrap;overflow-wrap:anywhere}
dl{display:grid;grid-template-columns:minmax(0,20em) minmax(0,1fr);gap:4px 24px;margin:0}
dt{color:var(--ink-soft)}dd{margin:0}
figure{margin:0 0 36px;break-inside:avoid}
figure svg{display:block;width:100%;height:auto}
footer{margin-top:48px;padding-top:12px;border-top:1px solid var(--border)}
@media (max-width:640px){main{padding:24px 16px 48px}.claims li,dl{grid-template-columns:minmax(0,1fr)}dd{margin-bottom:6px}}
@page{margin:16mm}
@media print{body{font-size:10.5pt}main{max-width:none;padding:0}nav{display:none}h2{margin-top:28px}.scroll{overflow:visible}table{font-size:8.5pt}}
`;
