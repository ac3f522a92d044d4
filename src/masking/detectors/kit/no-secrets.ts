// Names that end in `key`, `token` or `secret` and whose values are none, random as they may look.

const KEYS =
  'public primary foreign partition sort range row hash cache object s3 bucket file idempotency dedup deduplication routing message translation i18n locale issue project item group record event queue lookup map index composite unique business natural surrogate candidate tracking trace correlation request metric feature flag config setting property attribute field column context json xml state sort order registry style theme shard tile etag blob upload resource lock';

const TOKENS =
  'next page nextpage prevpage previouspage continuation sync nextsync cancellation cancel pagination paging cursor resume start nextforward nextbackward idempotency prompt completion input output total max cached reasoning used eos bos pad unknown stop mask design lexer parser syntax concurrency state change next_token';

const OTHERS =
  'keyid accesskeyid apikeyid kmskeyid kmskeyarn keypairid signingkeyid encryptionkeyid tokenid tokentype secretname secretarn secretversion secretref secretkeyref existingsecret imagepullsecret tlssecret passwordid passwordfield passwordinput passwordparam passwordcolumn passwordkey passwordlabel passwordhint passwordtype passwordlength tokenheader tokenfield tokenparam tokenname apikeyheader apikeyname keyname keytype keyversion keyfingerprint forgotpassword resetpassword hotkey monkey turkey donkey hockey whiskey passworderror invalidpassword wrongpassword incorrectpassword forgottenpassword changepassword';

const joined = (word: string) => word.replaceAll('_', '');

/** A longer name goes before a shorter one, so that these keep `nextPageToken` from being read as a token. */
export const NO_SECRETS: readonly string[] = [
  ...new Set([
    ...KEYS.split(' ').map((word) => `${joined(word)}key`),
    ...TOKENS.split(' ').map((word) =>
      joined(word).endsWith('token') ? joined(word) : `${joined(word)}token`,
    ),
    ...OTHERS.split(' '),
  ]),
];
