import { describe, expect } from 'vitest';
import * as tasks from './processes/contract.ts';
import { isKind, said, test } from './system.ts';

describe('a worker process that dies', () => {
  test('SIGKILL with 16 tasks running: a second worker finishes all within lease + 1 s, each settled once', async ({
    client,
    worker,
  }) => {
    const lease = 2_000;
    const victim = await worker({ id: 'victim', lease });
    const handles = await Promise.all(
      Array.from({ length: 16 }, (_, n) => client.enqueue(tasks.hangsOnce, n)),
    );
    for (const handle of handles) await said(victim, 'started', handle.id);
    const heir = await worker({ id: 'heir', lease });
    const killedAt = Date.now();
    await victim.kill();
    const results = await Promise.all(handles.map((handle) => handle.result({ timeout: '30s' })));
    results.forEach((result, n) => {
      expect(result).toMatchObject({ success: true, result: n, tries: 1 });
      expect(result.workerId).toMatch(/^heir~/);
      expect(result.finishedAt - killedAt).toBeLessThanOrEqual(lease + 1_000);
    });
    for (const handle of handles) {
      expect(await heir.message(isKind('started', handle.id))).toMatchObject({ attempt: 2, tries: 1 });
    }
    expect(await Promise.all(handles.map((handle) => handle.result()))).toEqual(results);
  });

  test('SIGSTOP: the result of the zombie that resumes is refused', async ({ client, worker }) => {
    const lease = 1_000;
    const zombie = await worker({ id: 'zombie', lease });
    const handle = await client.enqueue(tasks.whoRan, 300);
    await said(zombie, 'started', handle.id);
    zombie.signal('SIGSTOP');
    await worker({ id: 'heir', lease });
    const result = await handle.result({ timeout: '20s' });
    expect(result).toMatchObject({ success: true });
    expect(result.workerId).toMatch(/^heir~/);
    zombie.signal('SIGCONT');
    const another = await client.enqueue(tasks.noop, 1);
    await another.result();
    zombie.signal('SIGTERM');
    expect(await zombie.exited).toEqual({ code: 0, signal: null });
    expect(await handle.result()).toEqual(result);
    expect(zombie.errorLines.join('\n')).toMatch(/lease|lapsed|lost/i);
  });

  test('a loop that is blocked for three leases keeps its task: it is not run twice', async ({
    client,
    worker,
  }) => {
    const lease = 1_000;
    const blocked = await worker({ id: 'blocked', lease });
    const handle = await client.enqueue(tasks.whoRan, 500);
    await said(blocked, 'started', handle.id);
    await worker({ id: 'other', lease });
    blocked.send('block');
    const result = await handle.result({ timeout: '20s' });
    expect(result.workerId).toMatch(/^blocked~/);
    expect(result).toMatchObject({ success: true, result: { attempt: 1, tries: 1 } });
  });
});

describe('a worker process that is told to stop', () => {
  test('SIGTERM: exit 0, what it ran is handed back uncharged and finishes elsewhere', async ({
    client,
    worker,
  }) => {
    const leaver = await worker({ id: 'leaver', concurrency: 4, gracePeriod: 200 });
    // They hold all slots of the first worker however long the second one takes to start.
    const running = await Promise.all(
      Array.from({ length: 4 }, (_, n) => client.enqueue(tasks.hangsOnce, n)),
    );
    for (const handle of running) await said(leaver, 'started', handle.id);
    const queued = await Promise.all(Array.from({ length: 20 }, () => client.enqueue(tasks.whoRan, 0)));
    const stayer = await worker({ id: 'stayer', concurrency: 50 });
    const at = Date.now();
    leaver.signal('SIGTERM');
    const unstarted = await Promise.all(queued.map((handle) => handle.result({ timeout: '20s' })));
    for (const result of unstarted) {
      expect(result).toMatchObject({ success: true, result: { tries: 1, attempt: 1 } });
      expect(result.workerId).toMatch(/^stayer~/);
      expect(result.finishedAt - at).toBeLessThanOrEqual(1_000);
    }
    expect(await leaver.exited).toEqual({ code: 0, signal: null });
    for (const handle of running) {
      expect(await handle.result({ timeout: '20s' })).toMatchObject({ success: true, tries: 1 });
      expect(await stayer.message(isKind('started', handle.id))).toMatchObject({ attempt: 2, tries: 1 });
    }
  });

  test('tasks that end within the grace period are settled by the worker that stops', async ({
    client,
    worker,
  }) => {
    const leaver = await worker({ id: 'leaver', gracePeriod: 10_000 });
    const handle = await client.enqueue(tasks.whoRan, 700);
    await said(leaver, 'started', handle.id);
    leaver.signal('SIGTERM');
    expect(await handle.value({ timeout: '20s' })).toMatchObject({ tries: 1, attempt: 1 });
    await said(leaver, 'lifespan down');
    expect(await leaver.exited).toEqual({ code: 0, signal: null });
  });

  test('a second signal ends it at once', async ({ client, worker }) => {
    const stubborn = await worker({ gracePeriod: 60_000, lease: 1_000 });
    const handle = await client.enqueue(tasks.hangsOnce, 1);
    await said(stubborn, 'started', handle.id);
    // Two of one kind in a row may reach a process as one.
    stubborn.signal('SIGTERM');
    stubborn.signal('SIGINT');
    const exit = await stubborn.exited;
    expect([130, 143]).toContain(exit.code);
  });
});
