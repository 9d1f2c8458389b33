import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { hostUnfit } from '../../../core/errors/errors.js';
import { hostTool } from '../../../core/process/host-tool.js';

/** Why a signature does not count; undefined: it is good. */
export type Verdict = string | undefined;

/** Checks a detached signature of a file by gpgv, with the keys of the keyring alone. `workDir` is private to the caller. */
export async function checkDetached(
  keyring: string,
  file: string,
  signature: string,
  workDir: string,
): Promise<Verdict> {
  return (await runGpgv(keyring, [signature, file], workDir)).verdict;
}

/** Checks a text that is signed in itself, and returns what was signed: what stands around it is nobody's. */
export async function openSigned(
  keyring: string,
  text: string,
  workDir: string,
): Promise<{ readonly verdict: Verdict; readonly content: string }> {
  const file = path.join(workDir, 'signed.asc');
  const output = path.join(workDir, 'signed.txt');
  await writeFile(file, text);
  await rm(output, { force: true });
  const { verdict } = await runGpgv(keyring, ['--output', output, file], workDir);
  return { verdict, content: verdict === undefined ? await readFile(output, 'utf8') : '' };
}

const TROUBLE: readonly (readonly [RegExp, string])[] = [
  [/ BADSIG /, 'the signature is not of this content'],
  [/ REVKEYSIG /, 'the key that signed it is revoked'],
  [/ EXPKEYSIG /, 'the key that signed it has expired'],
  [/ EXPSIG /, 'the signature has expired'],
  [/ (?:NO_PUBKEY|ERRSIG) /, 'the key that signed it is not in the keyring'],
];

async function runGpgv(
  keyring: string,
  args: readonly string[],
  workDir: string,
): Promise<{ readonly verdict: Verdict }> {
  const keys = path.join(workDir, 'keys.gpg');
  const content = await readFile(keyring).catch((cause: unknown) => {
    throw hostUnfit(`the keyring ${keyring} cannot be read`, 'correct toolchains.keyrings in config/config.yml', cause);
  });
  await writeFile(keys, binaryKeys(content));
  const result = await execa('gpgv', ['--homedir', workDir, '--keyring', keys, '--status-fd', '1', ...args], {
    ...hostTool,
    stdin: 'ignore',
  });
  if (result.code === 'ENOENT')
    throw hostUnfit('gpgv is not installed', 'install it: apt-get install gpgv', result.cause);
  const status = `${result.stdout}\n`;
  const trouble = TROUBLE.find(([pattern]) => pattern.test(status))?.[1];
  if (trouble !== undefined) return { verdict: trouble };
  const isGood = result.exitCode === 0 && / GOODSIG /.test(status) && / VALIDSIG /.test(status);
  return { verdict: isGood ? undefined : 'there is no signature that can be checked' };
}

/** gpgv reads binary keys; vendors publish them as text too. */
function binaryKeys(content: Buffer): Buffer {
  const text = content.toString('latin1');
  const blocks = [
    ...text.matchAll(/-----BEGIN PGP PUBLIC KEY BLOCK-----([\s\S]*?)-----END PGP PUBLIC KEY BLOCK-----/g),
  ];
  if (blocks.length === 0) return content;
  return Buffer.concat(
    blocks.map(([, block = '']) => {
      // Headers end with an empty line; a checksum follows the data.
      const data = block.replace(/\r/g, '').replace(/^\n?(?:\w+: .*\n)*\n/, '');
      return Buffer.from(data.replace(/^=.*$/m, ''), 'base64');
    }),
  );
}
