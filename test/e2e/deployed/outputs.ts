// What `npm run test:aws` tells the tests about the deployment.

export function output(name: string): string {
  const all: Record<string, string> = JSON.parse(setting('BAILIWICK_E2E_OUTPUTS'));
  const value = all[name];
  if (value === undefined) throw new Error(`the deployment has no output ${name}`);
  return value;
}

export function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: run this by npm run test:aws`);
  return value;
}
