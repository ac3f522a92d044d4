// What runs in production behind the routes that everyone may read, and behind those that do not exist.
import { packedConfig, publicUrl } from '../shared/config.ts';
import { createTools } from '../shared/tools.ts';
import { environment } from './env.ts';

environment.parse(process.env);

export const dependencies = { tools: { ...createTools(), publicUrl }, config: packedConfig };
