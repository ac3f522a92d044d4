// Made by `npm run generate` from the files beside it: every detector there is. Do not edit.
import type { Detector } from '../detector.ts';
import { detectors as email } from './email.ts';
import { detectors as github } from './github.ts';

export const DETECTORS: readonly Detector[] = [...email, ...github];
