import type { ViteUserConfig } from 'vitest/config';
import { packageTests } from '../../tooling/testkit/vitest-config.ts';

const config: ViteUserConfig = packageTests({
  filesAtOnce: 2,
  alone: ['src/membership.test.ts', 'src/behaviour/round-trips.test.ts'],
});
export default config;
