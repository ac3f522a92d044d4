// Made by `npm run generate` from the files beside it: every detector there is. Do not edit.
import type { Detector } from '../detector.ts';
import { detectors as address } from './address.ts';
import { detectors as ai } from './ai.ts';
import { detectors as authorization } from './authorization.ts';
import { detectors as aws } from './aws.ts';
import { detectors as azure } from './azure.ts';
import { detectors as bailiwick } from './bailiwick.ts';
import { detectors as bankAccounts } from './bank-accounts.ts';
import { detectors as birthDate } from './birth-date.ts';
import { detectors as cloud } from './cloud.ts';
import { detectors as commandLine } from './command-line.ts';
import { detectors as connectionString } from './connection-string.ts';
import { detectors as cookie } from './cookie.ts';
import { detectors as creditCard } from './credit-card.ts';
import { detectors as cryptoWallet } from './crypto-wallet.ts';
import { detectors as delivery } from './delivery.ts';
import { detectors as devices } from './devices.ts';
import { detectors as drivingLicence } from './driving-licence.ts';
import { detectors as email } from './email.ts';
import { detectors as github } from './github.ts';
import { detectors as gitlab } from './gitlab.ts';
import { detectors as google } from './google.ts';
import { detectors as iban } from './iban.ts';
import { detectors as idsBeneluxNordic } from './ids-benelux-nordic.ts';
import { detectors as idsBritishIsles } from './ids-british-isles.ts';
import { detectors as idsCommonwealth } from './ids-commonwealth.ts';
import { detectors as idsEastAsia } from './ids-east-asia.ts';
import { detectors as idsEasternEurope } from './ids-eastern-europe.ts';
import { detectors as idsGermanSpeaking } from './ids-german-speaking.ts';
import { detectors as idsLatinAmerica } from './ids-latin-america.ts';
import { detectors as idsNearEast } from './ids-near-east.ts';
import { detectors as idsRomance } from './ids-romance.ts';
import { detectors as idsSouthEastAsia } from './ids-south-east-asia.ts';
import { detectors as idsUnitedStates } from './ids-united-states.ts';
import { detectors as ipAddress } from './ip-address.ts';
import { detectors as jwt } from './jwt.ts';
import { detectors as macAddress } from './mac-address.ts';
import { detectors as messaging } from './messaging.ts';
import { detectors as namedKeys } from './named-keys.ts';
import { detectors as nationalId } from './national-id.ts';
import { detectors as observability } from './observability.ts';
import { detectors as packages } from './packages.ts';
import { detectors as passport } from './passport.ts';
import { detectors as password } from './password.ts';
import { detectors as passwordHash } from './password-hash.ts';
import { detectors as payments } from './payments.ts';
import { detectors as person } from './person.ts';
import { detectors as phone } from './phone.ts';
import { detectors as pin } from './pin.ts';
import { detectors as postalCode } from './postal-code.ts';
import { detectors as privateKey } from './private-key.ts';
import { detectors as secret } from './secret.ts';
import { detectors as signedUrl } from './signed-url.ts';
import { detectors as slack } from './slack.ts';
import { detectors as stripe } from './stripe.ts';
import { detectors as urlCredentials } from './url-credentials.ts';
import { detectors as username } from './username.ts';
import { detectors as vaults } from './vaults.ts';
import { detectors as webhooks } from './webhooks.ts';
import { detectors as workspace } from './workspace.ts';

export const DETECTORS: readonly Detector[] = [
  ...address,
  ...ai,
  ...authorization,
  ...aws,
  ...azure,
  ...bailiwick,
  ...bankAccounts,
  ...birthDate,
  ...cloud,
  ...commandLine,
  ...connectionString,
  ...cookie,
  ...creditCard,
  ...cryptoWallet,
  ...delivery,
  ...devices,
  ...drivingLicence,
  ...email,
  ...github,
  ...gitlab,
  ...google,
  ...iban,
  ...idsBeneluxNordic,
  ...idsBritishIsles,
  ...idsCommonwealth,
  ...idsEastAsia,
  ...idsEasternEurope,
  ...idsGermanSpeaking,
  ...idsLatinAmerica,
  ...idsNearEast,
  ...idsRomance,
  ...idsSouthEastAsia,
  ...idsUnitedStates,
  ...ipAddress,
  ...jwt,
  ...macAddress,
  ...messaging,
  ...namedKeys,
  ...nationalId,
  ...observability,
  ...packages,
  ...passport,
  ...password,
  ...passwordHash,
  ...payments,
  ...person,
  ...phone,
  ...pin,
  ...postalCode,
  ...privateKey,
  ...secret,
  ...signedUrl,
  ...slack,
  ...stripe,
  ...urlCredentials,
  ...username,
  ...vaults,
  ...webhooks,
  ...workspace,
];
