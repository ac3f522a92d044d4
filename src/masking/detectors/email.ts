// Email addresses.
import type { Detector } from '../detector.ts';
import { isAlnum, isLetter } from '../scan/alphabet.ts';
import type { Scan } from '../scan/scan.ts';

const LONGEST_LOCAL = 128;
const LONGEST_DOMAIN = 255;

function isOfLocal(code: number): boolean {
  return isAlnum(code) || code >= 0x00c0 || ".!#$%&'*+/=?^_`{|}~-".includes(String.fromCharCode(code));
}

const email: Detector = {
  type: 'EMAIL',
  kind: 'contact',
  title: 'Email addresses',
  example: 'write to «jo.bloggs+shop@mail.example.co.uk» about it',
  check: 'a local part and a domain with a dot',
  tells: 'structure',
  rank: 6,
  anchors: [{ text: '@' }],
  find(scan: Scan, at: number) {
    const { text } = scan;
    let start = at;
    while (start > 0 && at - start < LONGEST_LOCAL && isOfLocal(text.charCodeAt(start - 1))) start -= 1;
    while (start < at && !isAlnum(text.charCodeAt(start)) && text.charCodeAt(start) < 0xc0) start += 1;
    if (start === at) return;
    let end = at + 1;
    const most = Math.min(text.length, at + LONGEST_DOMAIN);
    while (end < most) {
      const code = text.charCodeAt(end);
      if (!isAlnum(code) && code !== 45 && code !== 46 && code < 0xa1) break;
      end += 1;
    }
    while (end > at && !isAlnum(text.charCodeAt(end - 1)) && text.charCodeAt(end - 1) < 0xa1) end -= 1;
    const dot = at + text.slice(at, end).lastIndexOf('.');
    if (dot < at + 2 || end - dot < 3 || !isLetter(text.charCodeAt(end - 1))) return;
    scan.add(start, end);
  },
};

export const detectors = [email];
