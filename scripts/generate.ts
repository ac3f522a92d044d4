// `npm run generate`: writes the files that are made from the sources.
import { join } from 'node:path';
import { writeSchemas } from '../src/config/loading/index.ts';

await writeSchemas(join(import.meta.dirname, '..', 'examples/quickstart/schemas'));
