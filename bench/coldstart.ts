// How long a function's import takes in a fresh Node, beside a file that imports only the same clients and middleware,
// and an empty handler.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle, bundleFunction, REPOSITORY, writeBundle } from '../infra/bundle.ts';
import { FUNCTION_NAMES, type FunctionName } from '../infra/functions.ts';
import { median, type Report, rounded } from './table.ts';

const ROUNDS = 25;
const CLIENTS_AND_MIDDLEWARE = /^@(aws-sdk\/client-|smithy\/|middy\/|aws-lambda-powertools\/)/;
const IMPORT = /^import (?:(\w+)(?:, )?)?(?:\{([^}]*)\} )?from '([^']+)';/gm;

/** Our own files that run when the function is imported: not those that it loads at first use. */
function loadedAtImport(name: FunctionName): readonly string[] {
  const { inputs } = bundleFunction(name).metafile;
  const found = new Set([`lambdas/${name}/handler.ts`]);
  for (const file of found) {
    for (const { path, kind } of inputs[file]?.imports ?? []) {
      if (kind === 'import-statement' && !path.includes('node_modules') && path in inputs) found.add(path);
    }
  }
  return [...found];
}

/** What the function's own files import of clients and middleware, and nothing else that they do. */
function sameClients(name: FunctionName): string {
  const ours = loadedAtImport(name);
  const wanted = new Map<string, Set<string>>();
  for (const file of ours) {
    for (const [, whole, names, from = ''] of readFileSync(join(REPOSITORY, file), 'utf8').matchAll(IMPORT)) {
      if (!CLIENTS_AND_MIDDLEWARE.test(from)) continue;
      const values = (names ?? '')
        .split(',')
        .map((each) => each.trim())
        .filter((each) => !/^(type |$)/.test(each));
      const all = [...(whole === undefined ? [] : [`default as ${whole}`]), ...values];
      wanted.set(from, new Set([...(wanted.get(from) ?? []), ...all]));
    }
  }
  const lines = [...wanted].map(([from, names]) => `export { ${[...names].join(', ')} } from '${from}';`);
  return `${lines.join('\n')}\nexport const handler = async () => {};\n`;
}

/** Where each thing to measure lies. */
function prepare(directory: string): Map<string, string> {
  const files = new Map<string, string>();
  const sources = join(REPOSITORY, '.cache', 'bench');
  mkdirSync(sources, { recursive: true });
  const made = (name: string, source: string) => {
    const entry = join(sources, `${name}.ts`);
    writeFileSync(entry, source);
    writeBundle(bundle(entry), join(directory, name));
    files.set(name, join(directory, name, 'index.js'));
  };
  made('empty', 'export const handler = async () => {};\n');
  for (const name of FUNCTION_NAMES) {
    made(`${name}-clients`, sameClients(name));
    writeBundle(bundleFunction(name), join(directory, name));
    files.set(name, join(directory, name, 'index.js'));
  }
  return files;
}

const MEASURE = `
  const began = process.hrtime.bigint();
  const { handler } = require(process.argv[1]);
  const taken = Number(process.hrtime.bigint() - began) / 1e6;
  if (typeof handler !== 'function') throw new Error('no handler');
  process.stdout.write(String(taken));
`;

function millisecondsToImport(file: string): number {
  const { stdout, stderr, status } = spawnSync(process.execPath, ['-e', MEASURE, file], {
    encoding: 'utf8',
    timeout: 30_000,
    env: {
      AWS_REGION: 'eu-west-1',
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
      STATE_TABLE: 'state',
      EVENTS_TABLE: 'events',
      OBJECTS_BUCKET: 'objects',
      TOKEN_KEYS_SECRET: 'keys',
      MASKING_KEYS_SECRET: 'masking',
      BROKER_NAME: 'bailiwick',
      MAKE_CALL_ROLE: 'arn:aws:iam::111122223333:role/make-call',
      SEALING_KEY: 'arn:aws:kms:eu-west-1:111122223333:key/sealing',
      WORKFLOW_ARN: 'arn:aws:states:eu-west-1:111122223333:stateMachine:approvals',
      POWERTOOLS_SERVICE_NAME: 'bailiwick',
      POWERTOOLS_METRICS_NAMESPACE: 'Bailiwick',
    },
  });
  if (status !== 0) throw new Error(`${file} did not load: ${stderr}`);
  return Number(stdout);
}

export async function coldstart(): Promise<Report> {
  const directory = mkdtempSync(join(tmpdir(), 'bailiwick-coldstart-'));
  try {
    const files = prepare(directory);
    const samples = new Map([...files.keys()].map((name) => [name, [] as number[]]));
    // In turn, so that a machine that slows down slows all of them.
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const [name, file] of files) samples.get(name)?.push(millisecondsToImport(file));
    }
    const of = (name: string) => median(samples.get(name) ?? []);
    const rows = FUNCTION_NAMES.map((name) => ({
      function: name,
      'import, ms': rounded(of(name)),
      'same clients only, ms': rounded(of(`${name}-clients`)),
      ratio: rounded(of(name) / of(`${name}-clients`)),
      'empty handler, ms': rounded(of('empty')),
      'JavaScript, kB': Math.round(bundleFunction(name).code.length / 1000),
    }));
    return { name: 'coldstart', rows };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
