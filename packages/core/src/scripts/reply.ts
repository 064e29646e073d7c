import { ProtocolError } from '../errors.ts';

/** Readers of what scripts answer. Strings arrive as buffers, whole numbers as numbers. */

export function readList(raw: unknown, script: string): readonly unknown[] {
  if (Array.isArray(raw)) return raw;
  throw unexpected(script, raw);
}

export function readText(raw: unknown, script: string): string {
  if (typeof raw === 'string') return raw;
  if (Buffer.isBuffer(raw)) return raw.toString();
  throw unexpected(script, raw);
}

export function readNumber(raw: unknown, script: string): number {
  const value = typeof raw === 'number' ? raw : Number(readText(raw, script));
  if (Number.isFinite(value)) return value;
  throw unexpected(script, raw);
}

export function readBytes(raw: unknown, script: string): Buffer {
  if (Buffer.isBuffer(raw)) return raw;
  throw unexpected(script, raw);
}

export function readTexts(raw: unknown, script: string): string[] {
  return readList(raw, script).map((item) => readText(item, script));
}

export function readNumbers(raw: unknown, script: string): number[] {
  return readList(raw, script).map((item) => readNumber(item, script));
}

/** Names the shape, never the content: a reply may hold payloads. */
export function unexpected(script: string, raw: unknown): ProtocolError {
  const shape = Array.isArray(raw)
    ? `a list of ${raw.length}`
    : Buffer.isBuffer(raw)
      ? `${raw.length} bytes`
      : typeof raw;
  return new ProtocolError(
    `${script}.lua answered ${shape}, which this version does not know; run the same @q version on clients and workers`,
  );
}
