import * as echarts from "echarts";
import type { Drawing } from "../../src-shared/figures/figureOption.ts";
import type { FigureStyle } from "../../src-shared/figures/figureStyle.ts";
import { parseSvg, type SvgElement } from "./svgElements.ts";

/** Middle of a line of text above its baseline, by font size: half the height of capitals. */
const middleAboveBaseline = 0.35;

/** What a text looks like. */
export interface TextLook {
  readonly size: number;
  readonly family: string;
  readonly isBold: boolean;
}

/** Draws without a browser: ECharts' server side. What comes back has plain presentation attributes and nothing that moves. */
export function drawSvg({ option, width, height }: Drawing, style: FigureStyle): SvgElement {
  const chart = echarts.init(null, null, { renderer: "svg", ssr: true, width, height });
  try {
    chart.setOption(option);
    const drawn = parseSvg(chart.renderToSVGString());
    const points = (pixels: number): string => `${round(pixels / style.pixelsPerPoint)}pt`;
    return {
      ...drawn,
      attributes: {
        xmlns: "http://www.w3.org/2000/svg",
        ...{ width: points(width), height: points(height), viewBox: `0 0 ${round(width)} ${round(height)}` },
      },
      children: drawn.children.filter(({ name }) => name !== "style").map(plain),
    };
  } finally {
    chart.dispose();
  }
}

const round = (value: number): number => Number(value.toFixed(2));

/** Of no use in a file: what ECharts needs for the pointer. Ids lose the number of the chart, so that a drawing is always the same. */
const interactive = new Set(["class", "pointer-events", "xml:space", "ecmeta_ssr_type"]);

function plain(element: SvgElement): SvgElement {
  const attributes = Object.fromEntries(
    Object.entries(element.attributes)
      .filter(([key]) => !interactive.has(key))
      .map(([key, value]) => [key, key === "id" || key === "clip-path" ? value.replace(/zr\d+-/, "") : value]),
  );
  const children = element.children.map(plain);
  if (element.name !== "text") return { ...element, attributes, children };
  return { ...element, attributes: plainText(attributes), children };
}

/** librsvg knows no `dominant-baseline`: the baseline is computed here, once for all readers. */
function plainText({
  style = "",
  "dominant-baseline": baseline,
  ...rest
}: Record<string, string>): Record<string, string> {
  const { size, family, isBold } = textLook({ style });
  const y = Number(rest.y ?? 0) + (baseline === "central" ? middleAboveBaseline * size : 0);
  return {
    ...rest,
    ...{ x: rest.x ?? "0", y: String(round(y)), "font-family": family, "font-size": String(round(size)) },
    ...(isBold ? { "font-weight": "600" } : {}),
  };
}

/** From ECharts' style attribute, or from the attributes made of it. */
export function textLook(attributes: Readonly<Record<string, string>>): TextLook {
  const styles = Object.fromEntries(
    (attributes.style ?? "").split(";").map((part) => {
      const [key, ...value] = part.split(":");
      return [key.trim(), value.join(":").trim()];
    }),
  );
  const of = (key: string): string | undefined => attributes[key] ?? styles[key];
  return {
    size: parseFloat(of("font-size") ?? "12"),
    family: of("font-family") ?? "sans-serif",
    isBold: ["600", "700", "bold"].includes(of("font-weight") ?? ""),
  };
}
