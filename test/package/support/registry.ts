// A registry of npm on this machine: it serves the packages that this checkout has installed, and knows no others.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, dirname, join } from 'node:path';

export interface Registry {
  readonly url: string;
  close(): Promise<void>;
}

interface Manifest {
  readonly name: string;
  readonly version: string;
  /** In either of the two spellings that npm knows. */
  readonly bundleDependencies?: readonly string[];
  readonly bundledDependencies?: readonly string[];
}

interface Installed {
  readonly directory: string;
  readonly manifest: Manifest;
}

/** By name: the one at the top first, then those that only some package has for itself. */
type Shelf = ReadonlyMap<string, readonly Installed[]>;

function shelfOf(repository: string): Shelf {
  const lock = JSON.parse(readFileSync(join(repository, 'package-lock.json'), 'utf8'));
  const directories = Object.keys(lock.packages as object)
    .filter((path) => path !== '')
    .sort((a, b) => a.split('node_modules/').length - b.split('node_modules/').length)
    .map((path) => join(repository, path))
    // Those of other platforms are in the lockfile only.
    .filter((directory) => existsSync(join(directory, 'package.json')));
  const installed = directories.map((directory) => {
    const manifest: Manifest = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
    return { directory, manifest };
  });
  return Map.groupBy(installed, ({ manifest }) => manifest.name);
}

const TARBALL = '/-/tarball/';

function packument(all: readonly Installed[], url: string) {
  const versions = all.map(({ manifest }) => {
    const tarball = `${url}${TARBALL}${encodeURIComponent(manifest.name)}/${manifest.version}`;
    return [manifest.version, { ...manifest, dist: { tarball } }] as const;
  });
  const [latest] = all;
  return {
    name: latest?.manifest.name,
    'dist-tags': { latest: latest?.manifest.version },
    versions: Object.fromEntries(versions.reverse()),
  };
}

/** Not compressed: nothing is gained by it on the way to oneself. */
function tarball({ directory, manifest }: Installed) {
  const name = basename(directory);
  // What only lies there because npm put it there is not of the package, unless the package bundles it.
  const bundles = manifest.bundleDependencies ?? manifest.bundledDependencies;
  const without = bundles !== undefined ? [] : [`--exclude=${name}/node_modules`];
  return spawn('tar', ['-cf', '-', ...without, '-C', dirname(directory), name], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

export async function serveInstalled(repository: string): Promise<Registry> {
  const shelf = shelfOf(repository);
  const server: Server = createServer((request, response) => {
    const path = request.url ?? '';
    const wanted = path.startsWith(TARBALL) ? path.slice(TARBALL.length).split('/') : [path.slice(1)];
    const [name = '', version] = wanted.map(decodeURIComponent);
    const all = shelf.get(name) ?? [];
    const one = all.find(({ manifest }) => manifest.version === version);
    if (one !== undefined) tarball(one).stdout.pipe(response);
    else if (version === undefined && all.length > 0) response.end(JSON.stringify(packument(all, url)));
    else response.writeHead(404).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
