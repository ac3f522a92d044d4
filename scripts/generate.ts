// `npm run generate`: writes the files that are made from the sources.
import { join } from 'node:path';
import { writeSchemas } from '../src/config/loading/index.ts';
import { writeDetectors } from './detectors.ts';

const ROOT = join(import.meta.dirname, '..');

await writeDetectors(join(ROOT, 'src/masking/detectors'));
await writeSchemas(join(ROOT, 'examples/quickstart/schemas'));
