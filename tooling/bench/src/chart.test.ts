import { describe, expect, it } from 'vitest';
import { type BarChart, barChart } from './bar-chart.ts';
import { element, text } from './svg.ts';

describe('an element', () => {
  it('keeps what has a meaning in XML out of its markup', () => {
    expect(element('text', { class: 'a"b' }, [text('1 < 2 & 3 > 2')])).toBe(
      '<text class="a&quot;b">1 &lt; 2 &amp; 3 &gt; 2</text>',
    );
  });

  it('has no more digits than can be seen', () => {
    expect(element('rect', { x: 1 / 3, y: 2 })).toBe('<rect x="0.3" y="2"/>');
  });
});

describe('a bar chart', () => {
  const chart: BarChart = {
    title: 'drain',
    unit: 'tasks/s',
    better: 'more',
    bars: [
      { label: '@q', role: 'own', median: 200, min: 100, max: 400 },
      { label: 'bullmq', role: 'peer', median: 100, min: 100, max: 100 },
    ],
  };
  const svg = barChart(chart);
  const widths = [...svg.matchAll(/<rect class="\w+".*? width="([\d.]+)"/g)].map(([, width]) =>
    Number(width),
  );

  it('draws lengths in the ratio of the medians', () => {
    expect(widths).toHaveLength(2);
    expect((widths[0] ?? 0) / (widths[1] ?? 1)).toBeCloseTo(2);
  });

  it('draws spreads from the least to the greatest figure, within the picture', () => {
    const [from, to] = /x1="([\d.]+)" x2="([\d.]+)"/.exec(svg)?.slice(1).map(Number) ?? [];
    expect(((to ?? 0) - (from ?? 0)) / (widths[1] ?? 1)).toBeCloseTo(3);
    expect(to).toBeLessThan(720);
  });

  it('says what is drawn and which way is better', () => {
    expect(svg).toContain('<title>drain</title>');
    expect(svg).toContain('tasks/s; more is better');
    expect(svg).toContain('>200</text>');
  });

  it('is drawn of zeros too', () => {
    const flat = { ...chart, bars: [{ label: 'x', role: 'floor', median: 0, min: 0, max: 0 }] } as const;
    expect(barChart(flat)).not.toMatch(/NaN|Infinity/);
  });
});
