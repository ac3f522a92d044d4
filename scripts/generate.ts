// `npm run generate`: writes the files that are made from the sources.
import { join } from 'node:path';
import { writeDetectors } from './detectors.ts';

const ROOT = join(import.meta.dirname, '..');

await writeDetectors(join(ROOT, 'src/masking/detectors'));
// Only now: these read the list of detectors that was just written.
const { writeSchemas } = await import('../src/config/loading/index.ts');
const { writeMaskingPage } = await import('./masking-page.ts');
await writeSchemas(join(ROOT, 'examples/quickstart/schemas'));
writeMaskingPage();
