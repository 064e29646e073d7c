import { describe, expect, it } from 'vitest';
import { median, percentile, spreadOf } from './statistics.ts';

describe('median', () => {
  it('is the middle figure whatever their order', () => {
    expect(median([30, 1, 2])).toBe(2);
  });

  it('is the mean of the two in the middle when there is no middle', () => {
    expect(median([4, 1, 3, 2])).toBe(2.5);
  });

  it('is not a number when nothing was measured', () => {
    expect(median([])).toBeNaN();
  });
});

describe('percentile', () => {
  it('is a figure that was measured, not one between two', () => {
    const hundred = Array.from({ length: 100 }, (_, index) => index + 1);
    expect(percentile(hundred, 0.5)).toBe(50);
    expect(percentile(hundred, 0.99)).toBe(99);
    expect(percentile([7], 0.99)).toBe(7);
  });
});

describe('spreadOf', () => {
  it('keeps the extremes beside the median', () => {
    expect(spreadOf([5, 1, 9])).toEqual({ median: 5, min: 1, max: 9, rounds: 3 });
  });

  it('says nothing about nothing', () => {
    expect(spreadOf([])).toBeNull();
  });
});
