// A few detectors of plain rules, so that tests of formats say what formats do and not what detectors know.
import { createWrite } from '../../../src/masking/actions.ts';
import type { Detector } from '../../../src/masking/detector.ts';
import { Ground, OF_RULE } from '../../../src/masking/formats/ground.ts';
import { createFormatsMasker } from '../../../src/masking/formats/masker.ts';
import type { Masker } from '../../../src/masking/masker.ts';
import type { Action } from '../../../src/masking/model.ts';
import type { MaskingRules } from '../../../src/masking/rules.ts';
import { createFinder } from '../../../src/masking/scan/finder.ts';

const plain = { title: '', example: '', check: '', tells: 'structure' } as const;

const email: Detector = {
  ...plain,
  type: 'EMAIL',
  kind: 'contact',
  anchors: [{ text: '@' }],
  find(scan, at) {
    const before = /[\w.]{1,64}$/u.exec(scan.text.slice(Math.max(0, at - 64), at))?.[0] ?? '';
    const after = /^[a-z]{1,64}\.[a-z]{2,8}(?!\w)/u.exec(scan.text.slice(at + 1, at + 80))?.[0] ?? '';
    if (before !== '' && after !== '') scan.add(at - before.length, at + 1 + after.length);
  },
};

const card: Detector = {
  ...plain,
  type: 'CARD',
  kind: 'financial',
  names: ['card'],
  forms: [{ shape: 'D16' }, { shape: 'D4 D4 D4 D4' }],
};

const ssn: Detector = {
  ...plain,
  type: 'SSN',
  kind: 'identity',
  names: ['ssn'],
  words: ['ssn'],
  forms: [{ shape: 'D9', context: true }],
};

const secret: Detector = {
  ...plain,
  type: 'SECRET',
  kind: 'secret',
  names: ['password', 'token', 'authorization', 'cookie', 'setcookie'],
  whole: (value) => value.length >= 3,
};

const DETECTORS = [email, card, ssn, secret];

export interface Given extends Partial<Pick<MaskingRules, 'paths' | 'keys' | 'columns'>> {
  /** By type. */
  readonly actions?: Readonly<Record<string, Action>>;
}

function groundOf({ paths = {}, keys = {}, columns = {} }: Given = {}): Ground {
  const finder = createFinder({ detectors: DETECTORS, types: [OF_RULE] });
  return new Ground({
    finder,
    rules: { paths, keys, columns },
    types: new Set([...DETECTORS.map(({ type }) => type), OF_RULE]),
    typeOf: ([first = -1]) => DETECTORS[first]?.type,
    isSecret: (detector) => DETECTORS[detector]?.kind === 'secret',
  });
}

export function maskerOf(given: Given = {}): Masker {
  const write = createWrite({ current: { id: 'k1', key: new Uint8Array(32).fill(7) } });
  return createFormatsMasker(groundOf(given), ({ type, value, action }) =>
    write(type, action ?? given.actions?.[type] ?? 'redact', value),
  );
}
