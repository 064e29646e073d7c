/** Bytes that the arguments or the result of one task may take when encoded. */
export const maxPayloadBytes = 1_048_576;

/** Objects and lists inside each other, in what is written and in what is read. */
export const maxDepth = 100;

/** Digits of a BigInt: reading one takes time that grows faster than its length. */
export const maxBigIntDigits = 1_000;
