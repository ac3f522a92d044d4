// What the package's files need is found however they import it, and nothing that they need is left out in silence.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { needed, withBuiltImports } from '../../scripts/build/imports.ts';

function search(files: Readonly<Record<string, string>>, entry: string) {
  const directory = mkdtempSync(join(tmpdir(), 'bailiwick-imports-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, file)), { recursive: true });
    writeFileSync(join(directory, file), text);
  }
  const imports = { '#named': './deep/named.js' };
  return needed({ directory, entries: [entry], imports, fileOf: (path) => path });
}

test('follows every kind of import, and names the packages', () => {
  const found = search(
    {
      'a.js': "import './deep/b.js'; export * from './c.js'; import 'node:fs'; import 'path'; import 'jose';",
      'deep/b.js': "const later = () => import('../d.js'); export { x } from '@aws-sdk/client-sts/dist';",
      'c.js': "import list from './list.json' with { type: 'json' }; await import('#named');",
      'd.js': "import type from './a.js'; // import './not-there.js';",
      'deep/named.js': '',
      'list.json': '{}',
      'nobody.js': '',
    },
    'a.js',
  );
  expect(found.files).toEqual(['a.js', 'c.js', 'd.js', 'deep/b.js', 'deep/named.js', 'list.json']);
  expect(found.packages).toEqual(['@aws-sdk/client-sts', 'jose']);
});

test('fails where something is imported that was not built', () => {
  expect(() => search({ 'a.js': "import './b.js'" }, 'a.js')).toThrow('b.js is imported, and was not built');
});

test('declarations import what was built', () => {
  const text =
    "import { A } from './a.ts';\nexport type B = import('../b.ts').B;\nimport 'c.ts'; // './d.ts'\n";
  expect(withBuiltImports(text)).toBe(
    "import { A } from './a.js';\nexport type B = import('../b.js').B;\nimport 'c.ts'; // './d.ts'\n",
  );
});
