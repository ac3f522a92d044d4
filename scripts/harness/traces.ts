// Stands in for the X-Ray daemon, so that tests can read what the functions trace.
import { createSocket } from 'node:dgram';
import { appendFileSync, writeFileSync } from 'node:fs';

export interface TraceCollector {
  /** For AWS_XRAY_DAEMON_ADDRESS. */
  readonly address: string;
  stop(): Promise<void>;
}

/** Every packet's text goes to the file, one a line. */
export async function collectTraces(file: string): Promise<TraceCollector> {
  writeFileSync(file, '', { mode: 0o600 });
  const socket = createSocket('udp4', (packet) => {
    appendFileSync(file, `${packet.toString('utf8').replaceAll('\n', ' ')}\n`);
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(0, '127.0.0.1', resolve);
  });
  return {
    address: `127.0.0.1:${socket.address().port}`,
    stop: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}
