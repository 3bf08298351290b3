import * as z from 'zod';

// Before any schema is made: zod would probe `new Function`, which the content security policy reports as a violation.
z.config({ jitless: true });
