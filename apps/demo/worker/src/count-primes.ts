/** Synchronous on purpose: it keeps its thread busy until it is done. */
export function countPrimes(below: number): number {
  const composite = new Uint8Array(below);
  let primes = 0;
  for (let number = 2; number < below; number += 1) {
    if (composite[number] === 1) continue;
    primes += 1;
    for (let multiple = number * number; multiple < below; multiple += number) composite[multiple] = 1;
  }
  return primes;
}
