import { ConfigError } from '../errors.ts';

/**
 * Refuses what nobody would ever read: a misspelt option would silently be its default.
 *
 * @param named - an option in words, for the error: `client option "redis"`
 * @throws ConfigError
 */
export function requireKnownOptions(
  given: object,
  known: readonly string[],
  named: (option: string) => string,
): void {
  const unknown = Object.keys(given).find((key) => !known.includes(key));
  if (unknown !== undefined)
    throw new ConfigError(`${named(unknown)} does not exist; known are ${known.join(', ')}`);
}
