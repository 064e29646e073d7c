import { sleeper } from '@q/demo-contracts';
import type { Step } from '../step.ts';
import { expectThat } from '../tour-error.ts';

export const enqueuing: Step = {
  title: 'Enqueue: two equivalent forms',
  async show({ q, say }) {
    const plain = await q.enqueue(sleeper, 1);
    const started = await q.enqueue(sleeper, 1).start();
    const values = await Promise.all([plain.value({ timeout: '30s' }), started.value({ timeout: '30s' })]);
    say(`await q.enqueue(sleeper, 1)          → ${plain.id} → ${values[0]}`);
    say(`await q.enqueue(sleeper, 1).start()  → ${started.id} → ${values[1]}`);
    expectThat(
      plain.id !== started.id && values.every((value) => value === 1),
      'two tasks, each with the value 1, were expected',
    );
  },
};
