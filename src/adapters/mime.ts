// One mail as RFC 5322 has it: what is said as text and as HTML, in ASCII, in lines that every relay leaves alone.
import type { Message } from '../ports/mail.ts';
import { parseMailAddress } from './mail-address.ts';

export interface MimeOptions {
  readonly from: string;
  readonly at: Date;
  readonly random: (bytes: number) => Uint8Array;
}

export interface Mime {
  /** Whom it is from and to, as the envelope has it. */
  readonly from: string;
  readonly to: string;
  /** In ASCII. */
  readonly text: string;
}

const CRLF = '\r\n';

/** Of the 76 characters of a line with encoded words: `Subject: =?utf-8?B?` and `?=` are 21, four more are for three bytes. */
const MOST_WORD_BYTES = 39;
const PLAIN_SUBJECT = /^[\x21-\x7e](?:[\x20-\x7e]{0,64}[\x21-\x7e])?$/;
/** Nobody means them in a subject, and some readers act on them once they are decoded. */
const BREAKS = /[\p{Cc}\u2028\u2029]+/gu;

/** Encoded words (RFC 2047), none of which ends within a character. */
function encodedWords(text: string): readonly string[] {
  const words: string[] = [];
  let word = '';
  for (const character of text) {
    if (Buffer.byteLength(word + character) > MOST_WORD_BYTES) {
      words.push(word);
      word = '';
    }
    word += character;
  }
  return [...words, word].map((each) => `=?utf-8?B?${Buffer.from(each).toString('base64')}?=`);
}

function subjectOf(said: string): string {
  const text = said.toWellFormed().replace(BREAKS, ' ');
  if (text === '' || (PLAIN_SUBJECT.test(text) && !text.includes('=?'))) return text;
  return encodedWords(text).join(`${CRLF} `);
}

const MOST_LINE = 998;
const MOST_QUOTED = 76;

/** A line that a relay could take for a boundary, or lose the end of, is not sent as it is. */
function isPlain(lines: readonly string[]): boolean {
  return lines.every(
    (line) =>
      line.length <= MOST_LINE &&
      /^[\t\x20-\x7e]*$/.test(line) &&
      !line.startsWith('--') &&
      !/[\t ]$/.test(line),
  );
}

function escaped(byte: number): string {
  return `=${byte.toString(16).toUpperCase().padStart(2, '0')}`;
}

/** As each byte is written: spaces as they are, but for one that ends the line. */
function quotedBytes(line: string): readonly string[] {
  const bytes = Buffer.from(line);
  return Array.from(bytes, (byte, at) => {
    const isSpace = byte === 0x20 || byte === 0x09;
    const isPrinted = byte > 0x20 && byte < 0x7f && byte !== 0x3d;
    return isPrinted || (isSpace && at < bytes.length - 1) ? String.fromCharCode(byte) : escaped(byte);
  });
}

/** A line as quoted-printable has it (RFC 2045, 6.7), over several where it is long. */
function quotedLine(line: string): string {
  const out: string[] = [];
  let current = '';
  for (const token of quotedBytes(line)) {
    if (current.length + token.length > MOST_QUOTED - 1) {
      out.push(`${current}=`);
      current = '';
    }
    current += token;
  }
  return [...out, current].join(CRLF);
}

function part(type: string, said: string): readonly string[] {
  const lines = said.toWellFormed().split(/\r\n|\r|\n/);
  const isSentPlain = isPlain(lines);
  return [
    `Content-Type: ${type}; charset=utf-8`,
    `Content-Transfer-Encoding: ${isSentPlain ? '7bit' : 'quoted-printable'}`,
    '',
    ...(isSentPlain ? lines : lines.map(quotedLine)),
  ];
}

function dateOf(at: Date): string {
  return at.toUTCString().replace(/GMT$/, '+0000');
}

/** Throws `TypeError` where an address is not one address. */
export function mimeOf(message: Message, { from: sender, at, random }: MimeOptions): Mime {
  const [from, to] = [parseMailAddress(sender), parseMailAddress(message.to)];
  const hex = (bytes: number) => Buffer.from(random(bytes)).toString('hex');
  // `=_` stands in no quoted-printable, and no line begins with two dashes that is sent as it is.
  const boundary = `=_${hex(16)}`;
  const lines = [
    `From: ${from.whole}`,
    `To: ${to.whole}`,
    `Subject: ${subjectOf(message.subject)}`,
    `Date: ${dateOf(at)}`,
    `Message-ID: <${hex(16)}@${from.domain}>`,
    'Auto-Submitted: auto-generated',
    'MIME-Version: 1.0',
    'Content-Type: multipart/alternative;',
    ` boundary="${boundary}"`,
    '',
    `--${boundary}`,
    ...part('text/plain', message.text),
    `--${boundary}`,
    ...part('text/html', message.html),
    `--${boundary}--`,
    '',
  ];
  return { from: from.whole, to: to.whole, text: lines.join(CRLF) };
}
