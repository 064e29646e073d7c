/** The tasks of the demo. Importing one imports no handler: the web backend never sees the code behind it. */
export { countPrimes } from './count-primes.ts';
export { countWords } from './count-words.ts';
export { retrying } from './retrying.ts';
export { sleeper } from './sleeper.ts';
