/** Fields of Redis's INFO by name, such as `redis_version` and `maxmemory_policy`. */
export type ServerInfo = Readonly<Record<string, string>>;

export function parseServerInfo(text: string): ServerInfo {
  const fields: Record<string, string> = Object.create(null);
  for (const line of text.split('\r\n')) {
    const divider = line.indexOf(':');
    if (divider > 0 && !line.startsWith('#')) fields[line.slice(0, divider)] = line.slice(divider + 1);
  }
  return fields;
}
