// Says what a test that passed only when it was tried again had failed with: the runner itself says that it did.
import type { Reporter, TestCase } from 'vitest/node';

const MOST_CHARACTERS = 2000;

export const triedAgain: Reporter = {
  onTestCaseResult(test: TestCase) {
    const { state, errors = [] } = test.result();
    if (state !== 'passed' || errors.length === 0) return;
    process.stdout.write(`passed when tried again: ${test.module.relativeModuleId} > ${test.fullName}\n`);
    for (const { message, stack = message } of errors) {
      process.stdout.write(
        `${stack.includes(message) ? '' : `${message}\n`}${stack}`.slice(0, MOST_CHARACTERS),
      );
      process.stdout.write('\n');
    }
  },
};
