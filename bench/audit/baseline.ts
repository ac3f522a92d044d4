// What nobody who looks at every event can do without: unpacks, parses and hashes every line of an archive's events.
import { hash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

const [directory = ''] = process.argv.slice(2);
const files = readdirSync(directory, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.jsonl.gz'))
  .sort();
const began = performance.now();
let [events, bytes] = [0, 0];
for (const file of files) {
  const unpacked = gunzipSync(readFileSync(join(directory, file)));
  bytes += unpacked.length;
  for (let start = 0; start < unpacked.length; ) {
    const end = unpacked.indexOf(10, start);
    JSON.parse(unpacked.toString('utf8', start, end));
    hash('sha256', unpacked.subarray(start, end), 'buffer');
    events += 1;
    start = end + 1;
  }
}
const seconds = (performance.now() - began) / 1000;
console.log(JSON.stringify({ events, bytes, seconds }));
