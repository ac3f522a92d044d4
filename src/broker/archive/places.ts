// Where an event stands, as one text: that events are told apart by.

export interface EventAt {
  readonly stream: string;
  readonly id: string;
}

export const placeOf = ({ stream, id }: EventAt) => JSON.stringify([stream, id]);
