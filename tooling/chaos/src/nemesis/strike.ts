import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultKind } from '../ledger/entry.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { preciseNow } from '../ledger/precise-now.ts';
import type { NetworkFault } from '../proxy/network-fault.ts';
import type { Arena } from '../storm/arena.ts';
import type { Crew } from '../storm/crew.ts';
import type { Stroke } from './plan.ts';

export interface Targets {
  readonly arena: Arena;
  readonly crew: Crew;
  readonly ledger: Ledger;
  /** Who goes by way of a proxy now. */
  readonly behind: (proxy: number) => string | undefined;
}

const slowness = 150;

/** Deals one stroke, waits until it is over, and writes down whom it struck and when. */
export async function strike(stroke: Stroke, targets: Targets): Promise<void> {
  const { crew, arena } = targets;
  const since = preciseNow();
  switch (stroke.kind) {
    case 'kill worker':
      return crew.killWorker(stroke.seat, (name) => noteKill(targets, name));
    case 'kill producer':
      return crew.killProducer(stroke.seat, (name) => noteKill(targets, name));
    case 'freeze worker': {
      const worker = crew.worker(stroke.seat);
      if (worker === undefined) throw new Error(`no worker has seat ${stroke.seat}`);
      worker.signal('SIGSTOP');
      await sleep(stroke.lasts);
      worker.signal('SIGCONT');
      const what = `SIGSTOP for ${Math.round(stroke.lasts)} ms`;
      return note(targets, {
        fault: 'freeze',
        victim: worker.name,
        what,
        since,
        until: preciseNow(),
      });
    }
    case 'kill redis': {
      const readyAt = await arena.killRedis(stroke.lasts);
      const what = `SIGKILL, ready again after ${Math.round(readyAt - since)} ms`;
      return note(targets, { fault: 'redis', victim: '*', what, since, until: readyAt });
    }
    case 'fail over': {
      const replacedAt = await arena.failOver(stroke.how);
      const what = `${stroke.how}, replaced after ${Math.round(replacedAt - since)} ms`;
      return note(targets, {
        fault: 'redis',
        victim: '*',
        what,
        since,
        until: replacedAt,
      });
    }
    case 'move slot': {
      const movedAt = await arena.moveSlot(stroke.lasts);
      const what = `slot moved, whole after ${Math.round(movedAt - since)} ms`;
      return note(targets, { fault: 'redis', victim: '*', what, since, until: movedAt });
    }
    case 'break network':
      return breakNetwork(stroke, targets);
  }
}

async function breakNetwork(
  { proxy, how, lasts }: Extract<Stroke, { kind: 'break network' }>,
  targets: Targets,
): Promise<void> {
  const line = targets.arena.proxies[proxy];
  if (line === undefined) throw new Error(`there is no proxy ${proxy}`);
  const since = preciseNow();
  const first = targets.behind(proxy);
  if (how === 'cut') line.cut();
  else {
    line.setFault(faultOf(how));
    await sleep(lasts);
    line.setFault({ kind: 'none' });
  }
  const until = preciseNow();
  const what = how === 'cut' ? how : `${how} for ${Math.round(lasts)} ms`;
  // The first may have been killed, and another one come, meanwhile.
  for (const victim of new Set([first, targets.behind(proxy)])) {
    if (victim !== undefined) note(targets, { fault: 'network', victim, what, since, until });
  }
}

function faultOf(how: 'slow' | 'replies dropped' | 'black hole' | 'half-open' | 'refused'): NetworkFault {
  return how === 'slow' ? { kind: 'slow', delay: slowness } : { kind: how };
}

function noteKill(targets: Targets, victim: string): void {
  const at = preciseNow();
  note(targets, { fault: 'kill', victim, what: 'SIGKILL', since: at, until: at });
}

interface Struck {
  readonly fault: FaultKind;
  readonly victim: string;
  readonly what: string;
  readonly since: number;
  readonly until: number;
}

function note({ ledger }: Targets, struck: Struck): void {
  ledger.write({ kind: 'fault', ...struck });
}
