/** What the threads of the pool can do. */
export { countPrimes } from './count-primes.ts';
export { countWords } from './count-words.ts';
