// Names that the deployed world and its tests agree on.

export const REPORTS_ROLE = 'bailiwick-e2e-reports';
export const REPORTS_BUCKET = 'bailiwick-e2e-reports';
