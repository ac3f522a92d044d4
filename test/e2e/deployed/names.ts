// The roles that the deployed broker hands out in tests, and the buckets that are there to be read with them.

export const ROLE = 'bailiwick-e2e-reports';
export const BUCKETS = 'bailiwick-e2e-*';
export const REPORTS = 'bailiwick-e2e-reports';

/** Of the test of revocation alone, which looks at everything that stands on its role. */
export const DELIVERIES = 'bailiwick-e2e-deliveries';
export const DELIVERIES_EXTERNAL_ID = 'e2e-deliveries';

/** Of another account, by the template that is for those who use no CDK. */
export const STOCK = 'bailiwick-e2e-stock';
export const STOCK_ACCOUNT = '222222222222';
