// Which Chromium the tests drive: one from npm, the same everywhere, where it runs; else the machine's own.
import { execFile } from 'node:child_process';
import { accessSync, constants, existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import packageJson from '../../package.json' with { type: 'json' };

export interface FoundChromium {
  readonly file: string;
  /** Beside the environment of whoever starts it. */
  readonly env: NodeJS.ProcessEnv;
}

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
const CACHE = fileURLToPath(new URL('../../node_modules/.cache', import.meta.url));
const UNPACKED = join(CACHE, `chromium-${packageJson.devDependencies['@sparticuz/chromium']}`);

function isRunnable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function ofMachine(): FoundChromium | undefined {
  const places = (process.env['PATH'] ?? '').split(delimiter);
  const file = places.flatMap((place) => NAMES.map((name) => join(place, name))).find(isRunnable);
  return file === undefined ? undefined : { file, env: {} };
}

/** Those that come with it, so that what is measured is the same on every machine. */
const FONTS = `<dir>${join(UNPACKED, 'fonts')}</dir><cachedir>${join(UNPACKED, 'fonts-cache')}</cachedir>`;
const FONTS_CONFIG = 'fonts.conf';

/** In a directory of its own, until it is all there: others may do the same at the same time. */
async function unpack(): Promise<void> {
  const part = mkdtempSync(`${UNPACKED}-`);
  try {
    const file = fileURLToPath(new URL('unpack-chromium.ts', import.meta.url));
    // As on Lambda: then the libraries come with it that a small machine does not have.
    const env = { ...process.env, TMPDIR: part, AWS_LAMBDA_JS_RUNTIME: 'nodejs24.x' };
    await promisify(execFile)(process.execPath, [file], { env });
    writeFileSync(join(part, FONTS_CONFIG), `<?xml version="1.0"?><fontconfig>${FONTS}</fontconfig>`);
    renameSync(part, UNPACKED);
  } catch (error) {
    if (!existsSync(UNPACKED)) throw error;
  } finally {
    rmSync(part, { recursive: true, force: true });
  }
}

async function fromPackage(): Promise<FoundChromium> {
  if (!existsSync(UNPACKED)) await unpack();
  return {
    file: join(UNPACKED, 'chromium'),
    env: {
      FONTCONFIG_FILE: join(UNPACKED, FONTS_CONFIG),
      LD_LIBRARY_PATH: join(UNPACKED, 'al2023', 'lib'),
    },
  };
}

/** The one that `CHROMIUM` names, before any other. Undefined where there is none. */
export async function findChromium(): Promise<FoundChromium | undefined> {
  const named = process.env['CHROMIUM'];
  if (named !== undefined && named !== '') return { file: named, env: {} };
  if (process.platform === 'linux' && process.arch === 'x64') return fromPackage();
  return ofMachine();
}
