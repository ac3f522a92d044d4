// Passwords on command lines and in calls, where no name stands before them: `curl -u`, `sshpass -p`, `mysql -p…`.
import type { Detector } from '../detector.ts';
import { besideLabels, isLabelsOnly } from '../scan/labelled.ts';
import type { Scan } from '../scan/scan.ts';
import { colonBetween } from './kit/labels-within.ts';
import { isPassword } from './kit/passwords.ts';

const LONGEST_LINE = 240;

/** The option's value: quoted or up to a blank. */
const VALUE = /[ \t=]{0,4}\\{0,2}(?:"([^"\n\\]{1,256})|'([^'\n\\]{1,256})|([^\s"'\\`;|&<>]{1,256}))/uy;

/** Which commands have an option for a password, and whether it stands after a user's name and a colon. */
const COMMANDS: Readonly<Record<string, { readonly command: RegExp; readonly afterColon?: boolean }>> = {
  '-u': { command: /\b(?:curl|http|https|xh|wget|ab|siege|rclone|nexus|jenkins-cli)\b/iu, afterColon: true },
  '-U': { command: /\b(?:curl|smbclient|rpcclient|net|proxy)\b/iu, afterColon: true },
  '-p': {
    command:
      /\b(?:sshpass|mysql\w*|mariadb\w*|docker|podman|helm|skopeo|oc|az|mongo\w*|redis-cli|7z|zip|unzip|unrar|plink|pscp|psexec|twine|htpasswd|useradd|kinit|ansible|cf|svn|arangosh|rabbitmqadmin)\b/iu,
  },
  '-P': { command: /(?:^|[\s;&|$])(?:sqlcmd|bcp|zip|unzip|osql|isql)\s/iu },
  '-a': { command: /\bredis-cli\b/iu },
  '-w': { command: /\bldap\w+\b/iu },
};

/** Where `-p` goes with another meaning. */
const OTHER =
  /\bdocker (?:run|create|compose|ps)\b|\bmkdir\b|\bnc\b|\bssh\b(?!pass)[^|;&]*$|\b(?:npx|cp|docker-compose)\b/iu;

function lineBefore(text: string, at: number): string {
  const line = text.slice(Math.max(0, at - LONGEST_LINE), at);
  // A line may go on after a backslash.
  const whole = line.replaceAll(/\\\r?\n/gu, ' ');
  return whole.slice(Math.max(whole.lastIndexOf('\n'), whole.lastIndexOf('\\n'), whole.lastIndexOf('|')) + 1);
}

/** How far behind `start` a colon stands that no label holds, or what encodes one; or -1. */
function colonOf(scan: Scan, start: number, end: number): number {
  const colon = colonBetween(scan, start, end);
  const encoded = scan.text.slice(start, colon === -1 ? end : colon).indexOf('%');
  if (encoded !== -1) return encoded;
  return colon === -1 ? -1 : colon - start;
}

function addValue(scan: Scan, from: number, afterColon: boolean): void {
  VALUE.lastIndex = from;
  const found = VALUE.exec(scan.text);
  if (found === null) return;
  const value = found[1] ?? found[2] ?? found[3] ?? '';
  const start = VALUE.lastIndex - value.length;
  const colon = afterColon ? colonOf(scan, start, VALUE.lastIndex) : -1;
  if (afterColon && colon === -1) return;
  // `user:'password'`: quoted by itself.
  if (colon !== -1 && colon === value.length - 1 && /["']/u.test(scan.text[VALUE.lastIndex] ?? '')) {
    addValue(scan, VALUE.lastIndex, false);
    return;
  }
  const begin = start + colon + 1;
  const password = besideLabels(scan, begin, VALUE.lastIndex);
  if (isLabelsOnly(scan, begin, VALUE.lastIndex) || password.startsWith('-') || !isPassword(password)) return;
  if (/^\d{1,5}(?::\d{1,5})?$/u.test(password) && !afterColon) return;
  scan.add(begin, VALUE.lastIndex);
}

/** `new NetworkCredential("user", "password")`, `auth=("user", "password")`. */
const SECOND = /\s{0,4}(["'])[^"'\n]{0,128}\1\s{0,4},\s{0,16}(["'])([^"'\n]{1,256})\2/uy;

function addSecond(scan: Scan, to: number): void {
  SECOND.lastIndex = to;
  const value = SECOND.exec(scan.text)?.[3];
  const end = SECOND.lastIndex - 1;
  if (value === undefined) return;
  const start = end - value.length;
  if (!isLabelsOnly(scan, start, end) && isPassword(besideLabels(scan, start, end))) scan.add(start, end);
}

function find(scan: Scan, at: number, to: number): void {
  const { text } = scan;
  if (to < scan.covered) return;
  if (text.charCodeAt(to - 1) === 40) {
    addSecond(scan, to);
    return;
  }
  const isUser = text.startsWith('--', at + 1);
  const option = isUser ? '-u' : text.slice(at + 1, to);
  const { command, afterColon = false } = COMMANDS[option] ?? {};
  if (command === undefined) return;
  const before = lineBefore(text, at);
  if (!command.test(before) || (option === '-p' && OTHER.test(before))) return;
  if (
    option === '-p' &&
    /[a-z]/iu.test(text[to] ?? '') &&
    !/\b(?:mysql\w*|mariadb\w*|sshpass|7z)\b/iu.test(before)
  )
    return;
  addValue(scan, to, afterColon);
}

const commandLine: Detector = {
  type: 'PASSWORD',
  kind: 'secret',
  title: 'Passwords on command lines and beside a user in calls',
  example: "sshpass -p '«hunter2»' ssh deploy@host",
  check: 'a command that takes a password there',
  tells: 'context',
  rank: 3,
  anchors: [
    ...[' -u', ' --user', ' -p', ' -P', ' -U', ' -a ', ' -w '].map((text) => ({ text, exact: true })),
    ...['NetworkCredential(', 'auth=(', 'BasicAuth(', 'basic_auth(', 'BasicCredentials('].map((text) => ({
      text,
    })),
  ],
  find(scan: Scan, at: number, to: number) {
    const isPadded = scan.text.charCodeAt(to - 1) === 32;
    find(scan, at, isPadded ? to - 1 : to);
  },
};

export const detectors = [commandLine];
