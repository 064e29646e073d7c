/** Thrown when the demo does not do what it shows. Its message says what was expected and what came. */
export class TourError extends Error {
  override readonly name = 'TourError';
}

/** @throws TourError with the message unless the claim holds. */
export function expectThat(claim: boolean, otherwise: string): asserts claim {
  if (!claim) throw new TourError(otherwise);
}
