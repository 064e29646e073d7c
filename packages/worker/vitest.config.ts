import type { ViteUserConfig } from 'vitest/config';
import { packageTests } from '../../tooling/testkit/vitest-config.ts';

const config: ViteUserConfig = packageTests({
  filesAtOnce: 2,
  longest: ['src/lease/lease-keeper.test.ts', 'src/behaviour/audit.test.ts'],
  alone: ['src/membership.test.ts', 'src/behaviour/round-trips.test.ts'],
});
export default config;
