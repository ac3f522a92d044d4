// Two projects: `unit` needs nothing but Node; `e2e` is the black box, run embedded or against a deployment.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
