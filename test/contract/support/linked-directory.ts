// Objects in a directory behind the embedded door, which answers the links to them.
import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createDirectoryObjects } from '../../../src/adapters/embedded/directory-objects.ts';
import { createObjectLinks } from '../../../src/adapters/embedded/object-links.ts';
import { createInStep } from '../../../src/embedded/in-step.ts';
import { linkedObjects } from '../../../src/embedded/linked-objects.ts';
import { createDoor } from '../../../src/embedded/server.ts';
import type { LogFields } from '../../../src/ports/log.ts';
import type { Objects } from '../../../src/ports/objects.ts';
import { movableClock } from './clock.ts';
import { listen } from './servers.ts';
import type { Subject } from './subject.ts';
import { temporaryDirectory } from './temporary.ts';

export interface LinkedDirectory extends Subject<Objects> {
  readonly directory: string;
  /** All fields that were logged, as text. */
  readonly logged: () => string;
}

export async function linkedDirectory(): Promise<LinkedDirectory> {
  const { path } = await temporaryDirectory();
  const directory = join(path, 'objects');
  const clock = movableClock();
  const lines: string[] = [];
  const write = (message: string, fields: LogFields) => void lines.push(JSON.stringify([message, fields]));
  const log = { info: write, warn: write, error: write };
  let url = '';
  const links = createObjectLinks({ publicUrl: () => url, key: randomBytes(32), clock });
  const port = createDirectoryObjects({ directory, clock, links });
  const { server } = createDoor({
    endpoints: [],
    log,
    publicUrl: () => url,
    requestId: () => 'req_1',
    page: () => ({ status: 200, headers: {}, body: '' }),
    linked: linkedObjects({ objects: port, links, log }),
    inStep: createInStep(),
  });
  const { endpoint, close } = await listen(server);
  url = endpoint;
  return {
    port,
    clock,
    directory,
    logged: () => lines.join('\n'),
    close: async () => {
      await close();
      await rm(path, { recursive: true, force: true });
    },
  };
}
