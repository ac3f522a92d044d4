// Writes the list of all detectors from the files that there are, so that adding one is adding its file.
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const HEAD =
  '// Made by `npm run generate` from the files beside it: every detector there is. Do not edit.\n';
const WIDTH = 110;

function listOf(names: readonly string[]): string {
  const one = `export const DETECTORS: readonly Detector[] = [${names.map((name) => `...${name}`).join(', ')}];\n`;
  if (one.length <= WIDTH + 1) return one;
  return `export const DETECTORS: readonly Detector[] = [\n${names.map((name) => `  ...${name},\n`).join('')}];\n`;
}

export async function writeDetectors(directory: string): Promise<void> {
  const files = (await readdir(directory))
    .filter((file) => file.endsWith('.ts') && file !== 'all.ts')
    .map((file) => file.slice(0, -'.ts'.length))
    .sort();
  const names = files.map((file) =>
    file.replaceAll(/-([a-z0-9])/gu, (_, letter: string) => letter.toUpperCase()),
  );
  const imports = files.map(
    (file, index) => `import { detectors as ${names[index]} } from './${file}.ts';\n`,
  );
  const text = `${HEAD}import type { Detector } from '../detector.ts';\n${imports.join('')}\n${listOf(names)}`;
  await writeFile(join(directory, 'all.ts'), text);
}
