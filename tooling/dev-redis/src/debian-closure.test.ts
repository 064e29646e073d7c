import { describe, expect, it } from 'vitest';
import { missingPackages, readDepends, readShown } from './debian-closure.ts';

describe('the packages to fetch', () => {
  it('are read from a Depends field without versions and architectures', () => {
    expect(readDepends('libc6 (>= 2.34), a | b:any (= 1), libssl3')).toEqual([
      ['libc6'],
      ['a', 'b'],
      ['libssl3'],
    ]);
  });

  it('are those that are needed, transitively, and not installed', async () => {
    const archive = readShown(
      'Package: tool\nPre-Depends: dpkg\nDepends: libc6, liba\n\nPackage: liba\nDepends: libb | libc, libd | libe\n\nPackage: libb\n',
    );
    const show = (names: readonly string[]): Promise<typeof archive> =>
      Promise.resolve(new Map([...archive].filter(([name]) => names.includes(name))));
    expect(await missingPackages('tool', new Set(['libc6', 'dpkg', 'libe']), show)).toEqual([
      'tool',
      'liba',
      'libb',
    ]);
  });

  it('are found although packages need each other', async () => {
    const show = (): Promise<ReadonlyMap<string, readonly string[][]>> =>
      Promise.resolve(
        new Map([
          ['a', [['b']]],
          ['b', [['a']]],
        ]),
      );
    expect(await missingPackages('a', new Set(), show)).toEqual(['a', 'b']);
  });
});
