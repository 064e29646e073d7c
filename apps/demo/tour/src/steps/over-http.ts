import { setTimeout as delay } from 'node:timers/promises';
import type { Step } from '../step.ts';
import { expectThat, TourError } from '../tour-error.ts';

export const overHttp: Step = {
  title: 'The same over HTTP, through the web backend',
  async show({ webUrl, say }) {
    const order = { task: 'sleeper', seconds: 0.2 };
    const { id } = await ask(`${webUrl}/tasks`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(order),
    });
    say(`POST /tasks ${JSON.stringify(order)}  → ${id}`);
    const result = await untilDone(`${webUrl}/tasks/${id}`);
    say(`GET /tasks/:id  → done, result ${result}`);
    expectThat(result === 0.2, 'the result 0.2 was expected');
  },
};

interface Answer {
  readonly id: string;
  readonly status: string;
  readonly result: { readonly result: unknown } | null;
}

async function ask(url: string, init?: RequestInit): Promise<Answer> {
  const response = await fetch(url, init);
  const text = await response.text();
  expectThat(response.ok, `${url} answered ${response.status}: ${text}`);
  return JSON.parse(text);
}

async function untilDone(url: string): Promise<unknown> {
  for (let looks = 0; looks < 500; looks += 1) {
    const { status, result } = await ask(url);
    if (status === 'done') return result?.result;
    await delay(40);
  }
  throw new TourError(`${url} did not become done`);
}
