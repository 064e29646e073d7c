import { skewVariable } from './clock-skew.ts';

// Loaded before everything else, in the threads of the process too.
const skew = Number(process.env[skewVariable] ?? 0);
const RealDate = Date;

globalThis.Date = new Proxy(RealDate, {
  construct: (target, args: unknown[], self) =>
    Reflect.construct(target, args.length === 0 ? [RealDate.now() + skew] : args, self),
  get: (target, key) => (key === 'now' ? () => RealDate.now() + skew : Reflect.get(target, key)),
});
