import { expect, it } from 'vitest';
import { accountsForJobs } from './job-files.js';

it('moves root’s home to /work and keeps its shell and everybody else', () => {
  expect(accountsForJobs('root:x:0:0:root:/root:/bin/bash\ndaemon:x:1:1::/usr/sbin:/usr/sbin/nologin\n')).toBe(
    'root:x:0:0:root:/work:/bin/bash\ndaemon:x:1:1::/usr/sbin:/usr/sbin/nologin\n',
  );
});

it('makes an account for root where there is none', () => {
  expect(accountsForJobs('')).toBe('root:x:0:0:root:/work:/bin/sh\n');
});
