// A list's query as the use cases take it, and a page of a list as the API shows it.
import type { Page, PageRequest } from '../../ports/records.ts';

export function pageRequest({ limit, cursor }: { limit: number; cursor?: string | undefined }): PageRequest {
  return { limit, ...(cursor === undefined ? {} : { cursor }) };
}

export function pageAnswer<T>(
  plural: string,
  { items, cursor }: Page<T>,
  show: (item: T) => unknown,
): object {
  return { [plural]: items.map(show), ...(cursor === undefined ? {} : { cursor }) };
}
