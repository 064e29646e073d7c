import { showTime } from '../show-time.ts';
import type { Step } from '../step.ts';
import { expectThat } from '../tour-error.ts';

const line = /^cron cron:clock:(\d+) ran at (\S+)$/;

export const cron: Step = {
  title: 'Cron of every second: it has run all the while',
  async show({ worker, say }) {
    say("worker.cron('* * * * * *', 'clock', (ctx) => { … })");
    await worker.line(line);
    const slots = worker.lines.flatMap((each) => {
      const [, slot = '', ranAt = ''] = line.exec(each) ?? [];
      return slot === '' ? [] : [{ slot: Number(slot), late: Date.parse(ranAt) - Number(slot) }];
    });
    for (const { slot, late } of slots.slice(-3)) say(`fired for ${showTime(slot)}, ran ${late} ms after it`);
    say(`${slots.length} times in all, once per slot`);
    expectThat(new Set(slots.map(({ slot }) => slot)).size === slots.length, 'a slot was run twice');
    expectThat(
      slots.every(({ slot }) => slot % 1_000 === 0),
      'a slot is not a whole second',
    );
  },
};
