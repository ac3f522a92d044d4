// Reads a mail as its recipient's program does, by nothing that wrote it.

export interface ReadMail {
  /** Names in lower case, with every value in its order, unfolded. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

type Headers = ReadMail['headers'];

function headersOf(lines: readonly string[]): Headers {
  const headers = new Map<string, string[]>();
  for (const line of lines
    .join('\n')
    .replace(/\n(?=[ \t])/g, '')
    .split('\n')) {
    const [, name, value] = /^([!-9;-~]+):(.*)$/.exec(line) ?? [];
    if (name === undefined || value === undefined) throw new Error(`no header: ${JSON.stringify(line)}`);
    const values = headers.get(name.toLowerCase()) ?? [];
    headers.set(name.toLowerCase(), [...values, value.replace(/^ /, '')]);
  }
  return headers;
}

export function only(headers: Headers, name: string): string {
  const [value, ...others] = headers.get(name) ?? [];
  if (value === undefined || others.length > 0) throw new Error(`not one ${name}`);
  return value;
}

const WORD = /=\?utf-8\?B\?([A-Za-z0-9+/=]*)\?=/;

/** Each encoded word by itself must be whole characters (RFC 2047, 5). */
function decodedWords(text: string): string {
  const joined = text.replace(new RegExp(`(${WORD.source}) +(?==\\?)`, 'g'), '$1');
  return joined.replaceAll(new RegExp(WORD, 'g'), (word, base64: string) => {
    if (word.length > 75) throw new Error('an encoded word is too long');
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(base64, 'base64'));
  });
}

function unquoted(lines: readonly string[]): string {
  for (const line of lines) {
    if (line.length > 76 || /[ \t]$/.test(line) || /=(?![0-9A-F]{2}|$)/.test(line)) {
      throw new Error(`not quoted-printable: ${JSON.stringify(line)}`);
    }
  }
  const text = lines.join('\n').replaceAll('=\n', '');
  const latin1 = text.replace(/=([0-9A-F]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(latin1, 'latin1'));
}

interface Part {
  readonly type: string;
  readonly text: string;
}

function partOf(lines: readonly string[]): Part {
  const border = lines.indexOf('');
  const headers = headersOf(lines.slice(0, border));
  const encoding = only(headers, 'content-transfer-encoding');
  const body = lines.slice(border + 1);
  if (encoding !== '7bit' && encoding !== 'quoted-printable') throw new Error(`encoded as ${encoding}`);
  return {
    type: only(headers, 'content-type'),
    text: encoding === '7bit' ? body.join('\n') : unquoted(body),
  };
}

/** The lines between boundaries, each with the line break that belongs to the next boundary taken off. */
function partsBetween(lines: readonly string[], boundary: string): readonly Part[] {
  const borders = lines.flatMap((line, at) => (line.startsWith(`--${boundary}`) ? [at] : []));
  if (lines[borders.at(-1) ?? -1] !== `--${boundary}--`) throw new Error('the last boundary is missing');
  return borders.slice(0, -1).map((border, at) => partOf(lines.slice(border + 1, borders[at + 1])));
}

/** Throws at whatever a relay may refuse or change. */
export function readMail(raw: string): ReadMail {
  if (/[^\x20-\x7e\t\r\n]/.test(raw)) throw new Error('a byte that is not printed ASCII');
  if (/\r(?!\n)|(?<!\r)\n/.test(raw)) throw new Error('half a line break');
  const lines = raw.split('\r\n');
  const long = lines.find((line) => line.length > 998);
  if (long !== undefined) throw new Error(`a line of ${long.length} characters`);
  const border = lines.indexOf('');
  const headers = headersOf(lines.slice(0, border));
  const boundary = /^multipart\/alternative; boundary="([^"]+)"$/.exec(only(headers, 'content-type'))?.[1];
  if (boundary === undefined) throw new Error('no multipart/alternative');
  const [text, html, ...others] = partsBetween(lines.slice(border + 1), boundary);
  if (
    text?.type !== 'text/plain; charset=utf-8' ||
    html?.type !== 'text/html; charset=utf-8' ||
    others.length > 0
  ) {
    throw new Error('not one text and one HTML');
  }
  return { headers, subject: decodedWords(only(headers, 'subject')), text: text.text, html: html.text };
}
