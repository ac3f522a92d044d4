// One broker for all black-box tests: the deployment that BAILIWICK_E2E_URL names, or an embedded one started here. Beside it,
// the servers that it calls.
import { cpSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import { startBroker } from '../../support/command.ts';
import { placeConfig } from './target/config.ts';
import { choosePlace, type Place, readPlace } from './target/place.ts';
import { startServers } from './target/servers.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the broker under test is, without a slash at its end. */
    readonly brokerUrl: string;
    /** Where the servers are that it calls; undefined where it could not reach any of this machine. */
    readonly place: Place | undefined;
    /** Where those servers tell what they saw. */
    readonly control: string | undefined;
    /** The secrets of an embedded broker. */
    readonly secretsFile: string | undefined;
    /** Where an embedded broker puts its mails. */
    readonly outbox: string | undefined;
  }
}

const CONFIG = fileURLToPath(new URL('../config', import.meta.url));

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env['BAILIWICK_E2E_URL'];
  return given === undefined || given === ''
    ? setupEmbedded(project)
    : setupDeployed(project, given.replace(/\/$/, ''));
}

async function setupDeployed({ provide }: TestProject, url: string): Promise<() => Promise<void>> {
  const file = process.env['BAILIWICK_E2E_PLACE'];
  const place = file === undefined ? undefined : readPlace(file);
  const servers = place === undefined ? undefined : await startServers(place);
  provide('brokerUrl', url);
  provide('place', place);
  provide('control', servers?.control);
  provide('secretsFile', undefined);
  provide('outbox', undefined);
  return async () => servers?.stop();
}

async function setupEmbedded({ provide }: TestProject): Promise<() => Promise<void>> {
  const directory = await mkdtemp(join(tmpdir(), 'bailiwick-e2e-'));
  const place = await choosePlace();
  const servers = await startServers(place);
  const tidyUp = async () => {
    await servers.stop();
    await rm(directory, { recursive: true, force: true });
  };
  const config = join(directory, 'config');
  const secretsFile = join(directory, 'secrets.json');
  cpSync(CONFIG, config, { recursive: true });
  placeConfig(config, place);
  writeFileSync(secretsFile, JSON.stringify(place.secrets), { mode: 0o600 });
  const places = ['--config', config, '--data', join(directory, 'data'), '--secrets', secretsFile];
  const broker = await startBroker(places).catch(async (error: unknown) => {
    // What still listens would keep the tests from ending.
    await tidyUp();
    throw error;
  });
  provide('brokerUrl', broker.url);
  provide('place', place);
  provide('control', servers.control);
  provide('secretsFile', secretsFile);
  provide('outbox', join(directory, 'data', 'outbox'));
  return async () => {
    await broker.stop();
    await tidyUp();
  };
}
