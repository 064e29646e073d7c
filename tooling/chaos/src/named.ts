/** Those with a part of a name in theirs; all of them for an empty one. @throws Error when there is none */
export function named<Item extends { readonly name: string }>(
  kind: string,
  items: readonly Item[],
  part: string,
): readonly Item[] {
  const found = items.filter(({ name }) => name.includes(part));
  if (found.length > 0) return found;
  throw new Error(`no ${kind} is called "${part}"; there are ${items.map(({ name }) => name).join(', ')}`);
}
