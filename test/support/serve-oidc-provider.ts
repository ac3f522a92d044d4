// The small OIDC provider as a program of its own: its options as JSON in the first argument, its issuer on the first
// line that it prints. It ends with its standard input.
import { type OidcProviderOptions, startOidcProvider } from './oidc-provider.ts';

const provider = await startOidcProvider(JSON.parse(process.argv[2] ?? '{}') as OidcProviderOptions);
process.stdout.write(`${provider.issuer}\n`);
process.stdin.resume().once('end', () => void provider.close());
