import type { Figure, FigureLine, LegendEntry, Marker, Panel } from "./figure.ts";
import { latexComment, toLatex } from "./tableText.ts";
import type { Scale } from "./ticks.ts";

const marks: Readonly<Record<Marker["shape"], readonly [filled: string, hollow: string]>> = {
  circle: ["*", "o"],
  square: ["square*", "square"],
  triangle: ["triangle*", "triangle"],
  diamond: ["diamond*", "diamond"],
  // Turned, since pgfplots has none that stands on its head.
  "triangle-down": ["triangle*", "triangle"],
  cross: ["x", "x"],
  plus: ["+", "+"],
};

const most = 250;

/** Curves as a `tikzpicture`; needs \usepackage{pgfplots} with \usepgfplotslibrary{groupplots}. */
export function toPgfplots(figure: Figure, metadata: readonly string[]): string {
  const columns = Math.min(2, figure.columns, figure.panels.length);
  const rows = Math.ceil(figure.panels.length / columns);
  const colours = coloursOf(figure);
  const isOne = columns === 1;
  return [
    latexComment([
      "Needs \\usepackage{pgfplots} \\pgfplotsset{compat=1.16} \\usepgfplotslibrary{groupplots}",
      figure.title,
      ...figure.caption,
      ...metadata,
    ]).trimEnd(),
    ...[...colours].map(([colour, name]) => `\\definecolor{${name}}{HTML}{${colour.slice(1).toUpperCase()}}`),
    "\\begin{tikzpicture}",
    `\\begin{groupplot}[group style={group size=${columns} by ${rows}, horizontal sep=${sharesY(figure) ? "0.4cm" : "1.4cm"}, vertical sep=1.6cm},`,
    `  scale only axis, width=${isOne ? "6.8cm" : sharesY(figure) ? "3.3cm" : "2.8cm"}, height=${isOne ? "4.2cm" : "3cm"}, unbounded coords=jump,`,
    "  tick label style={font=\\footnotesize}, label style={font=\\footnotesize}, title style={font=\\footnotesize, yshift=-1ex},",
    `  legend style={font=\\footnotesize, draw=none, legend columns=3, legend cell align=left, at={(0,${isOne ? "1.12" : "1.2"})}, anchor=south west}]`,
    ...figure.panels.flatMap((panel, index) => [
      ...plot(panel, panel.sharesY && index % columns > 0, colours),
      ...(index === 0 ? figure.legend.flatMap((entry) => legendLines(entry, colours)) : []),
    ]),
    "\\end{groupplot}",
    "\\end{tikzpicture}",
    "",
  ].join("\n");
}

const sharesY = ({ panels }: Figure): boolean => panels.every((panel) => panel.sharesY);

function coloursOf({ panels, legend }: Figure): Map<string, string> {
  const used = [
    ...panels.flatMap(({ lines, crosses }) => [...lines, ...crosses].map(({ colour }) => colour)),
    ...legend.map(({ sample }) => sample.colour),
  ];
  return new Map([...new Set(used)].map((colour, index) => [colour, `rwb${String.fromCharCode(65 + index)}`]));
}

function plot(
  { title, x, y, lines, rules, crosses }: Panel,
  isYBare: boolean,
  colours: ReadonlyMap<string, string>,
): string[] {
  const axis = (name: "x" | "y", { scale, title: label, tick }: Panel["x"], isBare = false): string =>
    [
      `${name}min=${number(scale.min)}, ${name}max=${number(scale.max)}, ${name}label={${isBare ? "" : toLatex(label)}}`,
      ...(scale.kind === "log" ? [`${name}mode=log`] : []),
      `${name}tick={${scale.ticks.map(number).join(",")}}, ${name}ticklabels={${isBare ? "" : scale.ticks.map((value) => toLatex(tick(value))).join(",")}}`,
    ].join(", ");
  return [
    `\\nextgroupplot[${title ? `title={${toLatex(title)}}, ` : ""}${axis("x", x)}, ${axis("y", y, isYBare)}]`,
    ...rules.map(({ axis: of, at }) => {
      const [from, to] = of === "x" ? [[at, y.scale.min], [at, y.scale.max]] : [[x.scale.min, at], [x.scale.max, at]]; // prettier-ignore
      return `\\addplot[gray, very thin, forget plot] coordinates {${[from, to].map(pair).join(" ")}};`;
    }),
    ...lines.flatMap((line) => [...bandOf(line, colours), ...curve(line, y.scale, colours)]),
    ...crosses.map(
      ({ x: at, y: value, colour }) =>
        `\\addplot[only marks, mark=x, mark size=3pt, thick, ${colours.get(colour)}, forget plot] coordinates {${pair([at, value])}};`,
    ),
  ];
}

/** What lies behind a line: as far as it goes without a hole. */
function bandOf({ xs, band, colour }: FigureLine, colours: ReadonlyMap<string, string>): string[] {
  if (!band) return [];
  const known = Array.from(xs, (_, i) => i).filter(
    (i) => Number.isFinite(band.low[i]) && Number.isFinite(band.high[i]),
  );
  const step = Math.max(1, Math.ceil(known.length / most));
  const kept = known.filter((_, place) => place % step === 0 || place === known.length - 1);
  const along = (column: ArrayLike<number>) => kept.map((i) => pair([xs[i], column[i]]));
  const points = [...along(band.high), ...along(band.low).reverse()];
  return [
    `\\addplot[draw=none, fill=${colours.get(colour)!}, fill opacity=0.12, forget plot] coordinates {`,
    ...inRows(points),
    "};",
  ];
}

function curve(line: FigureLine, scale: Scale, colours: ReadonlyMap<string, string>): string[] {
  const { xs, ys, colour, look, isThin, marker, marked, errors, name } = line;
  const step = Math.max(1, Math.ceil(xs.length / most));
  const kept = Array.from(xs, (_, i) => i).filter((i) => i % step === 0 || i === xs.length - 1);
  const isShown = (value: number): boolean => Number.isFinite(value) && (scale.kind === "linear" || value > 0);
  const points = kept.map((i) => {
    const point = pair([xs[i], isShown(ys[i]) ? ys[i] : NaN]);
    return errors ? `${point} +- (0,${number(errors[i])})` : point;
  });
  if (points.length === 0) return [];
  const options = [
    ...[colours.get(colour)!, isThin ? "very thin, opacity=0.5" : "thick", look],
    ...(marked === "none" || isThin
      ? ["no marks"]
      : [
          markOptions(marker),
          ...(marked === "some" ? [`mark repeat=${Math.max(1, Math.ceil(points.length / 7))}`] : []),
        ]),
    ...(errors ? ["error bars/.cd, y dir=both, y explicit, error bar style={solid}"] : []),
  ];
  return [`% ${name}`, `\\addplot[forget plot, ${options.join(", ")}] coordinates {`, ...inRows(points), "};"];
}

function markOptions({ shape, isFilled }: Marker): string {
  const turned = shape === "triangle-down" ? ", rotate=180" : "";
  return `mark=${marks[shape][isFilled ? 0 : 1]}, mark size=1.6pt, mark options={solid${isFilled ? "" : ", fill=white"}${turned}}`;
}

function legendLines({ label, sample }: LegendEntry, colours: ReadonlyMap<string, string>): string[] {
  const colour = colours.get(sample.colour)!;
  const look =
    sample.kind === "line"
      ? [colour, "thick", sample.look, ...(sample.marker ? [markOptions(sample.marker)] : ["no marks"])].join(", ")
      : `area legend, fill=${colour}`;
  return [`\\addlegendimage{${look}}`, `\\addlegendentry{${toLatex(label)}}`];
}

const perRow = 8;
const inRows = (points: readonly string[]): string[] =>
  Array.from(
    { length: Math.ceil(points.length / perRow) },
    (_, row) => `  ${points.slice(row * perRow, (row + 1) * perRow).join(" ")}`,
  );

const number = (value: number): string => (Number.isFinite(value) ? String(Number(value.toPrecision(6))) : "nan");
const pair = ([x, y]: readonly number[]): string => `(${number(x)},${number(y)})`;
