import { openRedisPort, type RedisPort, RedisRefusedError } from '@q/client/port';
import {
  type AuditInput,
  type AuditReply,
  type AuditSubject,
  audit as auditScript,
  type Surveyed,
} from '@q/core/wire';
import { type AuditOptions, type ResolvedAuditOptions, resolveAuditOptions } from './audit-options.ts';
import { type AuditReport, FindingList } from './audit-report.ts';
import { type KeyReader, keyReader } from './known-key.ts';
import { walk } from './walk.ts';

/**
 * Walks all keys of a queue and reports what is not as it should be: above all tasks that nothing would ever find again,
 * because a key was deleted. With `repair` it is put right: no task is lost, no result changes, and what runs under a
 * lease is left to its worker. Workers and clients may go on meanwhile; what is merely on its way is no finding.
 *
 * @throws ConfigError · IncompatibleQueueError for a queue of a newer version · RedisRefusedError
 */
export async function audit(options: AuditOptions): Promise<AuditReport> {
  const resolved = resolveAuditOptions(options);
  const port = openRedisPort({ redis: resolved.redis, queue: resolved.queue, purpose: 'auditor' });
  try {
    return await new Audit(port, resolved).run();
  } finally {
    await port.close();
  }
}

/** As many as one script call judges. */
const batch = 200;
const nothing: AuditReply = { now: 0, waiting: new Map(), findings: [] };

class Audit {
  readonly #port: RedisPort;
  readonly #options: ResolvedAuditOptions;
  readonly #list: FindingList;
  readonly #readKey: KeyReader;
  /** Tasks that should be in a list, until it is known that they are, and the records of their tries. */
  readonly #waiting = new Map<string, string>();
  readonly #workers = new Set<string>();
  /** Tables that were there during the walk over all keys: what others have come to hold since is as new as they are. */
  readonly #tables = new Set<string>();
  #isComplete = true;
  #keys = 0;
  #tasks = 0;

  constructor(port: RedisPort, options: ResolvedAuditOptions) {
    this.#port = port;
    this.#options = options;
    this.#list = new FindingList(options.limit);
    this.#readKey = keyReader(port.keys);
  }

  async run(): Promise<AuditReport> {
    for await (const page of this.#walk({ kind: 'keys' })) await this.#judgeKeys(page);
    if (this.#isComplete) await this.#judgeTables();
    const { findings, counts, found, repaired } = this.#list;
    const { queue } = this.#options;
    const walked = { keys: this.#keys, tasks: this.#tasks };
    return { queue, isComplete: this.#isComplete, ...walked, found, repaired, counts, findings };
  }

  /** @param page - name, type, name, type … */
  async #judgeKeys(page: readonly string[]): Promise<void> {
    const ids = new Set<string>();
    for (let at = 0; at + 1 < page.length; at += 2) {
      const [key = '', type = ''] = page.slice(at, at + 2);
      const known = this.#readKey(key);
      this.#keys += 1;
      if (known === undefined) this.#list.add({ kind: 'unknown-key', key, isRepaired: false });
      // A key that ended between its name and its type was no key any more.
      else if (type !== known.type && type !== 'none') {
        this.#list.add({ kind: 'wrong-type', key, type, isRepaired: false });
        if (known.kind === 'table') this.#isComplete = false;
      } else if (known.kind === 'table') this.#tables.add(known.key);
      else if (known.kind === 'worker') this.#workers.add(known.worker);
      else ids.add(known.id);
      if (known?.kind === 'task') this.#tasks += 1;
    }
    await this.#judgeIds(ids);
  }

  async #judgeTables(): Promise<void> {
    const { running, due, tries, aborts, watch, unique, schedules, schedulesDue } = this.#port.keys;
    const ofTasks = [
      { kind: 'hash', key: running },
      { kind: 'zset', key: due },
      { kind: 'hash', key: tries },
      { kind: 'hash', key: aborts },
      { kind: 'hash', key: watch },
    ] as const;
    for (const table of ofTasks) for await (const page of this.#walk(table)) await this.#judgeIds(page);
    await this.#searchLists();
    await this.#judgeOthers('worker', this.#workers);
    const ofOthers = [
      ['lock', { kind: 'hash', key: unique }],
      ['schedule', { kind: 'hash', key: schedules }],
      ['schedule', { kind: 'zset', key: schedulesDue }],
    ] as const;
    for (const [kind, table] of ofOthers)
      for await (const page of this.#walk(table)) await this.#judgeOthers(kind, page);
  }

  /** What no list has had during a whole walk is looked for by the script. */
  async #searchLists(): Promise<void> {
    const { ready, suspects } = this.#port.keys;
    for (const key of [ready, suspects])
      for await (const page of this.#walk({ kind: 'list', key }))
        for (const id of page) this.#waiting.delete(id);
    // Newest first, as each is put in front of those before: generated ids are in the order of their making.
    const unseen = [...this.#waiting.keys()].toSorted().toReversed();
    const stranded: string[] = [];
    for (const ids of inBatches(unseen)) stranded.push(...(await this.#search(ids)));
    if (!this.#options.repair) return;
    // Put back only now: they would stand where the search looks.
    for (const ids of inBatches(stranded))
      await this.#judge({ ids, lists: this.#recordsOf('searched', ids) });
  }

  /** Answers the stranded ones. */
  async #search(ids: readonly string[]): Promise<readonly string[]> {
    const lists = this.#recordsOf('search', ids);
    if (!this.#options.repair) return [...(await this.#judge({ ids, lists })).waiting.keys()];
    const { findings } = await this.#ask({ ids, lists, repairs: false });
    return findings.flatMap(({ finding }) => (finding.kind === 'stranded' ? [finding.id] : []));
  }

  #recordsOf(kind: 'search' | 'searched', ids: readonly string[]): AuditInput['lists'] {
    return { kind, records: ids.map((id) => this.#waiting.get(id) ?? '') };
  }

  async #judgeIds(ids: Iterable<string>): Promise<void> {
    for (const some of inBatches([...ids])) {
      const { waiting } = await this.#judge({ ids: some });
      for (const [id, record] of waiting) this.#waiting.set(id, record);
    }
  }

  async #judgeOthers(kind: AuditSubject['kind'], names: Iterable<string>): Promise<void> {
    for (const some of inBatches([...names]))
      await this.#judge({ others: some.map((name) => ({ kind, name })) });
  }

  /** Writes down what is found. */
  async #judge(subjects: Partial<AuditInput>): Promise<AuditReply> {
    const reply = await this.#ask(subjects);
    for (const { finding, isRepairable } of reply.findings)
      this.#list.add({ ...finding, isRepaired: this.#options.repair && isRepairable });
    return reply;
  }

  async #ask(subjects: Partial<AuditInput>): Promise<AuditReply> {
    const { repair: repairs, allEnd, lease, signal } = this.#options;
    if (!this.#isComplete) return nothing;
    const common = { ids: [], others: [], lists: { kind: 'unread' }, repairs, allEnd, lease } as const;
    try {
      return await this.#port.run(auditScript, { ...common, ...subjects }, { signal });
    } catch (error) {
      // The walk over the keys tells which table it is.
      if (!(error instanceof RedisRefusedError) || error.reason !== 'WRONGTYPE') throw error;
      this.#isComplete = false;
      return nothing;
    }
  }

  async *#walk(of: Surveyed): AsyncGenerator<readonly string[]> {
    if (of.kind === 'keys' || this.#tables.has(of.key)) yield* walk(this.#port, of, this.#options.signal);
  }
}

function inBatches<Item>(items: readonly Item[]): readonly (readonly Item[])[] {
  const batches: (readonly Item[])[] = [];
  for (let at = 0; at < items.length; at += batch) batches.push(items.slice(at, at + batch));
  return batches;
}
