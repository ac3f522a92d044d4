// Numbers that something calls an identity number, without saying whose.
import { identity } from './kit/identity.ts';

const nationalId = {
  ...identity({
    type: 'NATIONAL_ID',
    title: 'Identity numbers of any country, where a name says so',
    example: 'national_id: «AB-1234567»',
    check: 'five digits at least; only under a name, or beside words, that say so',
    sure: ['national id', 'identity card', 'carte d identite', 'documento de identidad', 'carta d identita'],
    names: [
      ...[
        'nationalid',
        'nationalidnumber',
        'nationalidentity',
        'nationalidentitynumber',
        'governmentid',
        'govid',
      ],
      ...[
        'identitycard',
        'identitynumber',
        'idcard',
        'idcardnumber',
        'personalidnumber',
        'citizenid',
        'citizennumber',
      ],
      ...['nationalidentificationnumber', 'taxid', 'taxpayerid', 'tin', 'documentodeidentidad', 'cedula'],
    ],
    loose: '(?=(?:[A-Z./-]*\\d){5})[A-Z0-9](?:[ ./-]?[A-Z0-9]){5,19}',
  }),
  rank: 2,
};

export const detectors = [nationalId];
