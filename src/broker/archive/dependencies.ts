// What the archive's use cases need from the outside.
import type { Archive } from '../../ports/archive.ts';
import type { Findings } from '../../ports/findings.ts';
import type { Signer } from '../../ports/signer.ts';
import type { BrokerDependencies, ConfigOnly } from '../dependencies.ts';

export type FindingDependencies = Pick<BrokerDependencies, 'events' | 'clock' | 'log'> &
  ConfigOnly & { readonly findings: Findings };

export type ArchiveDependencies = Pick<BrokerDependencies, 'clock' | 'log'> & { readonly archive: Archive };

export type DigestDependencies = FindingDependencies &
  ArchiveDependencies &
  Pick<BrokerDependencies, 'records' | 'ids'> & { readonly signer: Signer };
