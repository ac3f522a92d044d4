// The provider that other tests log in at, as a program of its own, as a deployed broker and a browser meet it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';

const PROGRAM = fileURLToPath(new URL('./serve-oidc-provider.ts', import.meta.url));
const REDIRECT_URI = 'https://bailiwick.example.com/approve/login/callback';

it('serves until its input ends, asks who is there, and sends nobody to an address that is not registered', async () => {
  const options = {
    client: { clientId: 'me', redirectUris: [REDIRECT_URI] },
    people: { dana: { email: 'dana@example.com' }, eve: { email: 'eve@example.com' } },
    asks: true,
  };
  const program = spawn(process.execPath, [PROGRAM, JSON.stringify(options)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  onTestFinished(() => void program.kill());
  const [issuer] = (await once(createInterface(program.stdout), 'line')) as [string];
  const asked = { client_id: 'me', response_type: 'code', scope: 'openid', code_challenge_method: 'S256' };
  const authorize = (redirectUri: string) =>
    fetch(`${issuer}/authorize?${new URLSearchParams({ ...asked, state: 's', redirect_uri: redirectUri })}`, {
      redirect: 'manual',
    });
  const page = await (await authorize(REDIRECT_URI)).text();
  const links = [...page.matchAll(/<a href="([^"]*)">(\w+)<\/a>/gu)].map(([, href = '', name]) => [
    name,
    href,
  ]);
  expect(links.map(([name]) => name)).toEqual(['dana', 'eve']);
  const chosen = new URL((links[1]?.[1] ?? '').replaceAll('&amp;', '&'), issuer);
  const back = (await fetch(chosen, { redirect: 'manual' })).headers.get('location') ?? '';
  expect(back.startsWith(`${REDIRECT_URI}?code=`)).toBe(true);
  expect(new URL(back).searchParams.get('state')).toBe('s');
  expect((await authorize('https://evil.example.com/')).status).toBe(400);
  const ended = once(program, 'exit');
  program.stdin.end();
  expect(await ended).toEqual([0, null]);
});
