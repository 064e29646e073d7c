import type { ViteUserConfig } from 'vitest/config';
import { packageTests } from '../../tooling/testkit/vitest-config.ts';

const config: ViteUserConfig = packageTests({
  alone: [
    'src/defects/planted-defects.test.ts',
    'src/faults/faults.test.ts',
    'src/faults/told-in-cluster.test.ts',
  ],
});
export default config;
