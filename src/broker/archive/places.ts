// Where an event stands, as one text: streams have no spaces in their ids.

/** How events are told apart here. */
export const placeOf = ({ stream, id }: { readonly stream: string; readonly id: string }) =>
  `${stream} ${id}`;

/** What `placeOf` was made of. */
export function eventAt(place: string): { readonly stream: string; readonly id: string } {
  const end = place.lastIndexOf(' ');
  return { stream: place.slice(0, end), id: place.slice(end + 1) };
}
