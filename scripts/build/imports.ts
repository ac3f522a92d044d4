// What a built file imports, and every file that is needed because some other needs it.
import { existsSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join, posix } from 'node:path';
import ts from 'typescript';

export interface Needed {
  /** Paths below the directory that was searched, with slashes. */
  readonly files: readonly string[];
  /** Names of packages. */
  readonly packages: readonly string[];
}

interface Searched {
  readonly directory: string;
  /** Files to begin with. */
  readonly entries: readonly string[];
  /** `#names`, and the files they stand for. */
  readonly imports: Readonly<Record<string, string>>;
  /** From an imported path to the file that is meant. */
  readonly fileOf: (path: string) => string;
}

function specifiers(text: string): readonly string[] {
  return ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName);
}

function packageOf(specifier: string): string {
  const [first = '', second = ''] = specifier.split('/');
  return first.startsWith('@') ? `${first}/${second}` : first;
}

/** Throws where something is imported that is not there. */
export function needed({ directory, entries, imports, fileOf }: Searched): Needed {
  const files = new Set<string>();
  const packages = new Set<string>();
  const waiting = [...entries];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (files.has(file)) continue;
    const path = join(directory, file);
    if (!existsSync(path)) throw new Error(`${file} is imported, and was not built`);
    files.add(file);
    if (!/\.[jt]s$/.test(file)) continue;
    for (const specifier of specifiers(readFileSync(path, 'utf8'))) {
      const ours = specifier.startsWith('.')
        ? posix.join(posix.dirname(file), specifier)
        : imports[specifier]?.replace('./', '');
      if (ours !== undefined) waiting.push(fileOf(ours));
      else if (!isBuiltin(specifier)) packages.add(packageOf(specifier));
    }
  }
  return { files: [...files].sort(), packages: [...packages].sort() };
}

/** TypeScript leaves `.ts` in the imports of declarations, where older versions of it look for no declaration. */
export function withBuiltImports(declarations: string): string {
  return ts
    .preProcessFile(declarations, true, true)
    .importedFiles.filter(({ fileName }) => /^\..*(?<!\.d)\.ts$/.test(fileName))
    .sort((a, b) => b.pos - a.pos)
    .reduce(
      (text, { fileName, pos }) =>
        // Found again at its place: where exactly the quotes are, versions of TypeScript do not agree on.
        text.slice(0, pos) + text.slice(pos).replace(fileName, fileName.replace(/\.ts$/, '.js')),
      declarations,
    );
}
