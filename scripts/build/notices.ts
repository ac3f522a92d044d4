// Whose code the bundles carry, and under which licences: these ask to go wherever that code goes.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Bundle, REPOSITORY } from '../../infra/bundle.ts';

const HEAD =
  'The bundles beside this file carry code of these packages, each under the licence that follows it.';

/** Where npm has put the packages whose files went into a bundle, or into what it loads later. */
function directories({ metafile, parts }: Bundle): readonly string[] {
  const own = Object.keys(metafile.inputs).flatMap(
    (input) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? [],
  );
  return [...own, ...Object.values(parts).flatMap(directories)];
}

function licenceOf(directory: string, named: string): string {
  const files = readdirSync(directory).filter((name) => /^(?:licen[cs]e|notice)/i.test(name));
  const texts = files.sort().map((name) => readFileSync(join(directory, name), 'utf8').trim());
  return texts.length === 0 ? `Licence: ${named}` : texts.join('\n\n');
}

/** Texts that are the same stand once, below all the packages that have them. */
export function notices(bundles: readonly Bundle[]): string {
  const all = [...new Set(bundles.flatMap(directories))].sort().map((path) => {
    const directory = join(REPOSITORY, path);
    const { name, version, license } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
    return { name: `${name} ${version}`, licence: licenceOf(directory, license) };
  });
  const sections = [...Map.groupBy(all, ({ licence }) => licence)].map(
    ([licence, packages]) => `${packages.map(({ name }) => name).join('\n')}\n\n${licence}`,
  );
  return `${[HEAD, ...sections].join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}
