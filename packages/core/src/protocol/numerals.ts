/** In the order of their codes, so that of texts of one length that of the greater number sorts later. */
const digits = '-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz';
const base = digits.length;
const minus = '~';
export const momentLength = 7;

let writtenMoment = Number.NaN;
let momentText = '';

/** A whole number to base 64, its greatest digit first and `~` before one that is less than 0: values in Redis are many, and short texts. */
export function encodeNumber(value: number): string {
  let text = '';
  let rest = Math.abs(value);
  do {
    text = digits.charAt(rest % base) + text;
    rest = Math.floor(rest / base);
  } while (rest > 0);
  return value < 0 ? minus + text : text;
}

/** Epoch ms in seven digits, which are 42 bits, the last of them in the year 2109. Many in a row are the same. */
export function encodeMoment(moment: number): string {
  if (moment === writtenMoment) return momentText;
  writtenMoment = moment;
  momentText = encodeNumber(moment).padStart(momentLength, '-');
  return momentText;
}

/** `NaN` for a text that stands for no moment. */
export function decodeMoment(text: string): number {
  return text.length === momentLength && !text.startsWith(minus) ? decodeNumber(text) : Number.NaN;
}

/** `NaN` for a text that stands for no number. */
export function decodeNumber(text: string): number {
  const isNegative = text.startsWith(minus);
  const first = isNegative ? minus.length : 0;
  if (text.length === first) return Number.NaN;
  let value = 0;
  for (let at = first; at < text.length; at += 1) {
    const digit = digits.indexOf(text.charAt(at));
    if (digit === -1) return Number.NaN;
    value = value * base + digit;
  }
  return isNegative ? -value : value;
}
