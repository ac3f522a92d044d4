// `npm run bench -- NAME [--json]`

import { audit } from './audit.ts';
import { backtesting } from './backtest.ts';
import { coldstart } from './coldstart.ts';
import { http } from './http.ts';
import { identity } from './identity.ts';
import { idleCost } from './idle-cost.ts';
import { masking } from './masking.ts';
import { policy } from './policy.ts';
import { start } from './start.ts';
import { print, type Report } from './table.ts';

const BENCHES: Readonly<Record<string, () => Promise<Report>>> = {
  audit,
  backtest: backtesting,
  coldstart,
  http,
  identity,
  'idle-cost': idleCost,
  masking,
  policy,
  start,
};

const [name = '', ...rest] = process.argv.slice(2);
const bench = Object.hasOwn(BENCHES, name) ? BENCHES[name] : undefined;
if (bench === undefined || rest.some((flag) => flag !== '--json')) {
  console.error(
    `usage: npm run bench -- NAME [--json], where NAME is one of ${Object.keys(BENCHES).join(', ')}`,
  );
  process.exitCode = 2;
} else {
  const report = await bench();
  print(report, rest.includes('--json'));
  if (report.fault !== undefined) {
    console.error(report.fault);
    process.exitCode = 1;
  }
}
