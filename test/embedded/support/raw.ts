// HTTP as bytes on a socket, for what no client would send.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Connection {
  readonly socket: Socket;
  /** What has arrived so far. */
  received(): string;
  /** Resolves with all of it once the other side has closed, however it did. */
  readonly closed: Promise<string>;
}

export async function open(port: number): Promise<Connection> {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  socket.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  // A reset is a way to close, too.
  socket.on('error', () => {});
  const closed = new Promise<string>((resolve) => {
    socket.once('close', () => resolve(text));
  });
  await once(socket, 'connect');
  return { socket, received: () => text, closed };
}

/** Lines joined as HTTP wants them, with the empty line at their end. */
export function head(...lines: readonly string[]): string {
  return `${lines.join('\r\n')}\r\n\r\n`;
}

/** The answers in what arrived; each must say how long it is. */
export function answersIn(text: string): readonly RawAnswer[] {
  const answers: RawAnswer[] = [];
  let rest = text;
  while (rest.startsWith('HTTP/1.1 ')) {
    const border = rest.indexOf('\r\n\r\n');
    const [first = '', ...lines] = rest.slice(0, border).split('\r\n');
    const headers = Object.fromEntries(
      lines.map((line) => {
        const colon = line.indexOf(':');
        return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
      }),
    );
    const length = Number(headers['content-length'] ?? 0);
    const body = Buffer.from(rest.slice(border + 4))
      .subarray(0, length)
      .toString();
    answers.push({ status: Number(first.split(' ')[1]), headers, body });
    rest = rest.slice(border + 4 + body.length);
  }
  return answers;
}

/** Sends it all, and waits until the broker has closed the connection. */
export async function exchange(port: number, sent: string | Uint8Array): Promise<readonly RawAnswer[]> {
  const { socket, closed } = await open(port);
  socket.write(sent);
  return answersIn(await closed);
}
