// Tokens wake once, and nobody once they are forgotten.
import { expect, it, vi } from 'vitest';
import { createTokens } from '../../../../src/adapters/embedded/workflow/tokens.ts';
import { systemIds } from '../../../../src/adapters/system.ts';

it('wakes whom it was issued for, once', () => {
  const tokens = createTokens(systemIds);
  const [one, other] = [vi.fn(), vi.fn()];
  const { text } = tokens.issue(one);
  tokens.issue(other);
  for (const _ of ['used', 'again']) tokens.wake(text);
  expect(one).toHaveBeenCalledOnce();
  expect(other).not.toHaveBeenCalled();
});

it('wakes nobody once it is forgotten', () => {
  const tokens = createTokens(systemIds);
  const wake = vi.fn();
  const { text, forget } = tokens.issue(wake);
  forget();
  tokens.wake(text);
  expect(wake).not.toHaveBeenCalled();
});
