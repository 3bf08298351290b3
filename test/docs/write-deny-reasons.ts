import { writeFileSync } from 'node:fs';
import { DENY_REASONS_PAGE, denyReasonsPage } from './deny-reasons';

// `npm run docs:deny-reasons`
writeFileSync(DENY_REASONS_PAGE, denyReasonsPage());
