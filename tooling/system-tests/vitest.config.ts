import type { ViteUserConfig } from 'vitest/config';
import { packageTests } from '../../tooling/testkit/vitest-config.ts';

const config: ViteUserConfig = packageTests({ filesAtOnce: 3, alone: ['src/counts.test.ts'] });
export default config;
