// A function's code as an asset: its bundle and, where it needs one, the checked config beside it.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { functionBundles } from '#function-bundles';
import { type Config, packConfig } from '../src/config/index.ts';
import { DESIGNS, type FunctionName } from './functions.ts';

/** What a function finds beside its own file. */
const CONFIG_FILE = 'config.json';

export function functionCode(name: FunctionName, config: Config): Code {
  return Code.fromAsset(functionBundles.sourceOf(name), {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      // Never pulled nor run: the local bundling below always succeeds or throws.
      image: DockerImage.fromRegistry('scratch'),
      local: {
        tryBundle(directory) {
          functionBundles.writeTo(name, directory);
          if (DESIGNS[name].config) writeFileSync(join(directory, CONFIG_FILE), packConfig(config));
          return true;
        },
      },
    },
  });
}
