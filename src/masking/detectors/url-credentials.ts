// Passwords and tokens in URLs of any scheme but those of data stores: before the host.
import type { Detector } from '../detector.ts';
import type { Scan } from '../scan/scan.ts';
import { isStore } from './kit/stores.ts';
import { addUserinfo, schemeBefore, URL_ANCHORS, userinfoAt } from './kit/userinfo.ts';

const urlCredentials: Detector = {
  type: 'URL_CREDENTIALS',
  kind: 'secret',
  title: 'Passwords and tokens in URLs',
  example: 'git clone https://deploy:«hunter2»@git.example.com/shop.git',
  check: 'a user or a password before the host; no placeholder. The host stays, and the user of a password',
  tells: 'structure',
  rank: 9,
  anchors: URL_ANCHORS,
  find(scan: Scan, at: number, to: number) {
    if (isStore(schemeBefore(scan.text, at))) return;
    const found = userinfoAt(scan.text, at, to);
    if (found !== undefined) addUserinfo(scan, found);
  },
};

export const detectors = [urlCredentials];
