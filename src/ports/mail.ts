// Mail to one person at a time.

export interface Message {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

export interface Mail {
  /**
   * Throws `Unavailable('mail')` when the back end does not take it in time. It may then have gone out all the same.
   */
  send(message: Message): Promise<void>;
}
