import { element, text } from './svg.ts';
import { showFigure } from './table.ts';

/** One bar: its length is the median, the line over it reaches from the least to the greatest figure. */
export interface Bar {
  readonly label: string;
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly role: 'own' | 'peer' | 'elsewhere' | 'floor';
}

export interface BarChart {
  readonly title: string;
  readonly unit: string;
  readonly better: 'more' | 'less';
  readonly bars: readonly Bar[];
}

const width = 720;
const left = 140;
const right = 90;
const top = 52;
const step = 26;
const thickness = 16;

const style = `
text { font: 12px system-ui, sans-serif; fill: #24292f }
.title { font-weight: 600; font-size: 14px }
.unit { fill: #57606a }
.own { fill: #0969da } .peer { fill: #afb8c1 } .elsewhere { fill: #d8dee4 } .floor { fill: #8c959f }
.spread { stroke: #24292f; stroke-width: 1.5 }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 } .unit { fill: #8d96a0 }
  .own { fill: #4493f8 } .peer { fill: #545d68 } .elsewhere { fill: #3d444d } .floor { fill: #768390 }
  .spread { stroke: #e6edf3 }
}`;

/** A picture of one metric as an SVG document. */
export function barChart({ title, unit, better, bars }: BarChart): string {
  const height = top + bars.length * step + 8;
  const longest = Math.max(...bars.map(({ max }) => max), Number.MIN_VALUE);
  const scale = (figure: number): number => (Math.max(0, figure) / longest) * (width - left - right);
  const words = `${unit}; ${better} is better`;
  const rows = bars.flatMap((bar, at) => rowOf(bar, top + at * step, scale));
  const head = [
    element('title', {}, [text(title)]),
    element('style', {}, [style]),
    element('text', { class: 'title', x: 8, y: 20 }, [text(title)]),
    element('text', { class: 'unit', x: 8, y: 38 }, [text(words)]),
  ];
  const size = { width, height, viewBox: `0 0 ${width} ${height}`, role: 'img' };
  return `${element('svg', { xmlns: 'http://www.w3.org/2000/svg', ...size }, [...head, ...rows])}\n`;
}

function rowOf(bar: Bar, y: number, scale: (figure: number) => number): readonly string[] {
  const middle = y + thickness / 2;
  const base = y + thickness - 4;
  const [from, to] = [left + scale(bar.min), left + scale(bar.max)];
  return [
    element('text', { x: left - 8, y: base, 'text-anchor': 'end' }, [text(bar.label)]),
    element('rect', {
      class: bar.role,
      x: left,
      y,
      width: Math.max(1, scale(bar.median)),
      height: thickness,
      rx: 2,
    }),
    element('line', { class: 'spread', x1: from, x2: to, y1: middle, y2: middle }),
    element('text', { x: to + 8, y: base }, [text(showFigure(bar.median))]),
  ];
}
