import type { ViteUserConfig } from 'vitest/config';
import { packageTests } from '../../tooling/testkit/vitest-config.ts';

const config: ViteUserConfig = packageTests({
  alone: ['src/membership.test.ts', 'src/behaviour/round-trips.test.ts'],
});
export default config;
