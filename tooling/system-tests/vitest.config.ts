import type { ViteUserConfig } from 'vitest/config';
import { packageTests } from '../../tooling/testkit/vitest-config.ts';

const config: ViteUserConfig = packageTests({
  filesAtOnce: 3,
  longest: ['src/idle.test.ts', 'src/seed.test.ts', 'src/cron.test.ts'],
  alone: ['src/counts.test.ts'],
});
export default config;
