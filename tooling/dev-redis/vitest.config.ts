import type { ViteUserConfig } from 'vitest/config';
import { packageTests } from '../../tooling/testkit/vitest-config.ts';

const config: ViteUserConfig = packageTests({ filesAtOnce: 2 });
export default config;
