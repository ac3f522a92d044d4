// Before each test file: ids are drawn as if it were the only one.
import { beginAnew } from './world.ts';

beginAnew();
