// This broker's own tokens.
import { token } from './kit/tokens.ts';

export const detectors = [
  token({
    type: 'BAILIWICK_TOKEN',
    title: "This broker's task tokens",
    shapes: [{ prefixes: ['bwt_'], length: 120, least: 20, also: '_-.' }],
  }),
];
