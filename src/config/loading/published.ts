// The list of IAM's published actions, read when it is first needed: half a megabyte that most commands never look at.
import type { PublishedActions } from '../iam/index.ts';

export async function publishedActions(): Promise<PublishedActions> {
  const { default: list } = await import('../iam/actions.json', { with: { type: 'json' } });
  return list;
}
