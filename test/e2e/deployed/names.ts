// The role that the deployed broker hands out in tests, and the buckets that are there to be read with it.

export const ROLE = 'bailiwick-e2e-reports';
export const BUCKETS = 'bailiwick-e2e-*';
export const REPORTS = 'bailiwick-e2e-reports';
