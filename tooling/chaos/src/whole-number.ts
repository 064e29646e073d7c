/** @throws Error for what is no whole number, or less than `least`; `name` says what of */
export function wholeNumber(name: string, text: string, least = 0): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isSafeInteger(value) && value >= least) return value;
  throw new Error(
    `${name} must be a whole number${least === 0 ? '' : ` of at least ${least}`}; got "${text}"`,
  );
}
