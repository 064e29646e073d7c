import type { Random } from '../nemesis/random.ts';
import { plain } from '../workload/tasks.ts';

/** What is owed to a value: it ends at once, or waits for a worker that knows more. */
export type Owed = 'malformed' | 'deferred';

export interface HostileValue {
  readonly kind: string;
  readonly value: Buffer;
  readonly owed: Owed;
}

type Make = (random: Random) => string | Buffer;

/** Mostly just too deep, at times far too deep: a run of any size should meet all, and not move gigabytes. */
function beyond(limit: number, random: Random): number {
  return limit + 1 + random.below(random.below(50) === 0 ? 10_000 : 50);
}

/** A task that would run, but for what is put into it. */
function envelope(
  payload: string,
  { version = '1', codec = '', created = '1', name = plain.name, headers = '' } = {},
): string {
  return `${version};${codec};${created};;${name};${headers}\n${payload}`;
}

function ready(rest: string): string {
  return `q;;;;;;\n${rest}`;
}

function noise(random: Random, length: number): Buffer {
  return Buffer.from(Array.from({ length }, () => random.below(256)));
}

function rich(json: unknown, values: unknown): string {
  return ready(envelope(`~${JSON.stringify({ json, meta: { values, v: 1 } })}`));
}

const noNames = ['', ' ', 'a b', 'ä', '{x}', 'a|b', '\u0000', 'x'.repeat(129)] as const;
const reserved = ['__proto__', 'constructor', 'prototype', 'toString'] as const;
const types = [
  'regexp',
  'symbol',
  'class',
  'custom',
  'function',
  'Object',
  'Promise',
  'GeneratorFunction',
  '__proto__',
] as const;

const malformed: Readonly<Record<string, Make>> = {
  'bytes without order': (random) => Buffer.concat([Buffer.from('q'), noise(random, random.below(200))]),
  'a header of noise': (random) => Buffer.concat([Buffer.from('q;'), noise(random, 20), Buffer.from('\n')]),
  'an unknown mode': (random) => `q${random.pick(['x', 'uu', '\u0000', 'us'])};;;;;;\n${envelope('[]')}`,
  'a lock and no envelope': (random) => `qu;;;;${random.below(2 ** 31)}-${random.below(2 ** 31)};;\n`,
  'a value cut short': (random) => {
    const whole = ready(envelope('[1,{"a":"b"}]'));
    return whole.slice(0, 1 + random.below(whole.length - 1));
  },
  'a newer version': (random) => ready(envelope('[]', { version: random.pick(['2', '99', '1.1', '', 'x']) })),
  'a moment that is none': (random) =>
    ready(envelope('[]', { created: random.pick(['-1', 'now', '1e99', '0.5', 'NaN', '9'.repeat(40)]) })),
  'a name that is none': (random) => ready(envelope('[]', { name: random.pick(noNames) })),
  'a codec id that is none': (random) =>
    ready(envelope('[]', { codec: random.pick(['a b', 'c'.repeat(33), '{}', 'ä']) })),
  'headers that are none': (random) =>
    ready(
      envelope('[]', {
        headers: random.pick(['{', '[]', 'null', '1', '{"a":1}', '{"a":{}}', '{"__proto__":{"x":1}}']),
      }),
    ),
  'arguments that are no list': (random) =>
    ready(envelope(random.pick(['{}', '1', '"a"', 'null', 'true', '']))),
  'arguments that are no JSON': (random) =>
    ready(envelope(random.pick(['[', '[1,]', "['a']", '[NaN]', '[01]', '{"a":']))),
  'UTF-8 cut short': (random) =>
    Buffer.concat([
      Buffer.from(ready(envelope('["'))),
      random.pick([
        Buffer.from([0xc3]),
        Buffer.from([0xf0, 0x9f]),
        Buffer.from([0xff, 0xfe]),
        Buffer.from([0xed, 0xa0, 0x80]),
      ]),
      Buffer.from('"]'),
    ]),
  'noise for arguments': (random) =>
    Buffer.concat([Buffer.from(ready(envelope('~'))), noise(random, random.below(300))]),
  'lists in lists': (random) => {
    const depth = beyond(100, random);
    return ready(envelope('['.repeat(depth) + ']'.repeat(depth)));
  },
  'objects in objects': (random) => {
    const depth = beyond(100, random);
    return ready(envelope(`[${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}]`));
  },
  'an own __proto__': () => ready(envelope('[{"__proto__":{"polluted":true}}]')),
  'a path to a prototype': (random) =>
    rich([{ a: 1 }], { [`0.${random.pick(reserved)}.polluted`]: ['undefined'] }),
  'a path through a prototype': (random) =>
    rich([{}], { [`${random.pick(reserved)}.${random.pick(reserved)}`]: ['Date'] }),
  'an own __proto__ behind a mark': () =>
    ready(envelope('~{"json":[{"__proto__":{"polluted":true}}],"meta":{"values":{"0":["map"]},"v":1}}')),
  'a type that is none': (random) => rich(['/(a+)+$/'], { '0': [random.pick(types)] }),
  'a class by its name': (random) =>
    rich([{}], { '0': [['class', random.pick(['Object', 'Function', 'Buffer'])]] }),
  'a custom type by its name': (random) =>
    rich(['x'], { '0': [['custom', random.pick(['eval', 'binary', ''])]] }),
  'a RegExp': () => rich(['/(a+)+$/i'], { '0': ['regexp'] }),
  'a BigInt of thousands of digits': (random) =>
    rich(['9'.repeat(beyond(1_000, random))], { '0': ['bigint'] }),
  'a Date that never was': (random) => rich([random.pick(['', 'never', '+999999-01-01'])], { '0': ['Date'] }),
  'an index beyond the list': (random) => rich([1], { [String(1 + random.below(2 ** 30))]: ['undefined'] }),
  'a path of thousands of steps': (random) =>
    rich([{}], { [`0${'.a'.repeat(beyond(0, random))}`]: ['Date'] }),
  'annotations in annotations': (random) => {
    let values: unknown = ['set'];
    for (let level = 0; level < beyond(100, random); level += 1) values = ['set', { '0': values }];
    return rich([[]], { '0': values });
  },
  'references to others': () =>
    ready(envelope('~{"json":[{},{}],"meta":{"values":{},"v":1,"referentialEqualities":{"0":["1"]}}}')),
  'a map of no pairs': (random) =>
    rich([random.pick<unknown>([[1], [[1, 2, 3]], {}, 'x'])], { '0': ['map'] }),
};

/** Rare, because of their size. */
const large: Readonly<Record<string, Make>> = {
  'arguments above the limit': () => ready(envelope(`["${'x'.repeat(1_048_577)}"]`)),
  'headers without end': () => ready(envelope('[]', { headers: `{"a":"${'h'.repeat(70_000)}"}` })),
};

const deferred: Readonly<Record<string, Make>> = {
  'a task that nobody knows': (random) => ready(envelope('[]', { name: `nobody.${random.below(1_000)}` })),
  'a task named like a method': (random) => ready(envelope('[]', { name: random.pick(reserved) })),
  'a codec that nobody knows': (random) => ready(envelope('[]', { codec: `codec-${random.below(1_000)}` })),
};

interface HostileKind {
  readonly kind: string;
  readonly make: Make;
  readonly owed: Owed;
}

function kindsOf(makers: Readonly<Record<string, Make>>, owed: Owed): readonly HostileKind[] {
  return Object.entries(makers).map(([kind, make]) => ({ kind, make, owed }));
}

const usual = [...kindsOf(malformed, 'malformed'), ...kindsOf(deferred, 'deferred')];
const rare = kindsOf(large, 'malformed');
const rarely = 997;

/** Every kind in its turn. */
export function hostileValue(turn: number, random: Random): HostileValue {
  const isRare = turn % rarely === rarely - 1;
  const from = isRare ? rare : usual;
  const found = from[(isRare ? Math.floor(turn / rarely) : turn) % from.length];
  if (found === undefined) throw new Error('there are no kinds');
  return { kind: found.kind, value: Buffer.from(found.make(random)), owed: found.owed };
}
