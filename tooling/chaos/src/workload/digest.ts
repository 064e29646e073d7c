import type { AnyTask, TaskResult } from '@q/core';
import { decodeResult, type FinishedTask } from '@q/core/wire';

/** What makes one result differ from another: how, by whom and when the task ended, and what it answered. */
interface Facts {
  readonly code: string;
  readonly worker: string | null;
  readonly finishedAt: number;
  readonly answer: string;
}

const codes: Readonly<Record<string, string>> = { aborted: 'a', crashed: 'c', unique: 'u', unroutable: 'r' };

/** Of a result as a waiter gets it. */
export function digestOfResult(result: TaskResult<AnyTask>): string {
  const { workerId: worker, finishedAt } = result;
  if (result.success) return textOf({ code: '+', worker, finishedAt, answer: JSON.stringify(result.result) });
  return textOf({ code: codes[result.error.type] ?? '-', worker, finishedAt, answer: '' });
}

/** Of a result as it stands in Redis. */
export function digestOfStored(finished: FinishedTask): string {
  const { code, worker, finishedAt } = finished;
  const answer = code === '+' ? (decodeResult(finished)?.payload.toString() ?? '') : '';
  return textOf({ code, worker, finishedAt, answer });
}

function textOf({ code, worker, finishedAt, answer }: Facts): string {
  return `${code} ${worker ?? '-'} ${finishedAt} ${answer}`;
}
