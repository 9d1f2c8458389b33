/** Without it `localhost` does not resolve, nor the job's own host name. */
export const HOSTS = ['127.0.0.1\tlocalhost', '::1\tlocalhost ip6-localhost ip6-loopback', '127.0.1.1\tjob', ''].join(
  '\n',
);

/** passwd(5) of a job: its root lives in /work, the one home that it can write. */
export function accountsForJobs(passwd: string): string {
  const lines = passwd.split('\n').filter((line) => line !== '');
  const root = lines.find((line) => line.startsWith('root:')) ?? 'root:x:0:0:root:/root:/bin/sh';
  const fields = root.split(':');
  fields[5] = '/work';
  return [fields.join(':'), ...lines.filter((line) => !line.startsWith('root:')), ''].join('\n');
}
