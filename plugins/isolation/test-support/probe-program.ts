import { chmodSync, writeFileSync } from 'node:fs';

/**
 * A static x86-64 program that makes any system call, as bytes so that no compiler is needed. It reads records of eight
 * 64-bit words (way, number, six arguments) and answers each with the result, until its input ends. Way 0 is `syscall`,
 * way 1 `int 0x80`, which is how 32-bit programs call. Its code (AT&T):
 *
 *   sub $64,%rsp; next: xor %edi,%edi; mov %rsp,%rsi; mov $64,%edx; xor %eax,%eax; syscall; cmp $64,%eax; jne end
 *   mov 8(%rsp),%rax; cmpb $0,(%rsp); jne compat
 *   mov 16(%rsp),%rdi; … 24,%rsi; 32,%rdx; 40,%r10; 48,%r8; 56,%r9; syscall; jmp answer
 *   compat: mov 16(%rsp),%rbx; … 24,%rcx; 32,%rdx; 40,%rsi; 48,%rdi; int $0x80; movslq %eax,%rax
 *   answer: mov %rax,(%rsp); mov $1,%edi; mov %rsp,%rsi; mov $8,%edx; mov $1,%eax; syscall; jmp next
 *   end: xor %edi,%edi; mov $231,%eax; syscall
 */
const PROBE =
  '4883ec4031ff4889e6ba4000000031c00f0583f8407565488b442408803c2400' +
  '7522488b7c2410488b742418488b5424204c8b5424284c8b4424304c8b4c24380f05' +
  'eb1e488b5c2410488b4c2418488b542420488b742428488b7c2430cd804863c0' +
  '48890424bf010000004889e6ba08000000b8010000000f05eb88' +
  '31ffb8e70000000f05';

/** A static i386 program: write(1, "ok\n", 3); exit(0). */
const HELLO_I386 = 'b804000000bb01000000b954800408ba03000000cd80b80100000031dbcd80';

/**
 * A static x86-64 program that makes threads until the kernel refuses, and ends with their number as its status (AT&T):
 *
 *   next: mov $56,%eax; mov $0x10f00,%edi; mov %rsp,%rsi; xor %edx,%edx; xor %r10d,%r10d; xor %r8d,%r8d; syscall
 *   test %eax,%eax; je thread; js end; inc %ebx; jmp next
 *   thread: mov $34,%eax; syscall; jmp thread
 *   end: mov %ebx,%edi; mov $231,%eax; syscall
 */
const THREAD_BOMB =
  'b838000000bf000f01004889e631d24531d24531c00f05' +
  '85c07406780dffc3ebdf' +
  'b8220000000f05ebf7' +
  '89dfb8e70000000f05';

export function writeThreadBomb(path: string): void {
  writeX86Program(path, Buffer.from(THREAD_BOMB, 'hex'));
}

export function writeProbe(path: string): void {
  writeX86Program(path, Buffer.from(PROBE, 'hex'));
}

function writeX86Program(path: string, code: Buffer): void {
  const header = Buffer.alloc(120);
  header.write('7f454c46020101', 'hex');
  writeWords(header, 16, [2, 62], 2);
  writeWords(header, 20, [1], 4);
  writeWords(header, 24, [0x400078, 64, 0], 8);
  writeWords(header, 52, [64, 56, 1], 2);
  const size = header.length + code.length;
  writeWords(header, 64, [1, 5], 4);
  writeWords(header, 72, [0, 0x400000, 0x400000, size, size, 4096], 8);
  writeProgram(path, [header, code]);
}

export function writeHelloI386(path: string): void {
  const code = Buffer.from(HELLO_I386, 'hex');
  const text = Buffer.from('ok\n');
  const header = Buffer.alloc(84);
  header.write('7f454c46010101', 'hex');
  writeWords(header, 16, [2, 3], 2);
  const start = 0x8048000;
  writeWords(header, 20, [1, start + header.length, 52, 0], 4);
  writeWords(header, 40, [52, 32, 1], 2);
  const size = header.length + code.length + text.length;
  writeWords(header, 52, [1, 0, start, start, size, size, 5, 4096], 4);
  code.writeUInt32LE(start + header.length + code.length, 11);
  writeProgram(path, [header, code, text]);
}

export interface Call {
  readonly way?: 'syscall' | 'int 0x80';
  readonly number: number;
  readonly args?: readonly (number | bigint)[];
}

/** One record of the probe's input. */
export function record({ way = 'syscall', number, args = [] }: Call): Buffer {
  const words = [way === 'syscall' ? 0n : 1n, BigInt(number), ...args.map(BigInt)];
  const bytes = Buffer.alloc(64);
  for (const [index, word] of words.entries()) bytes.writeBigInt64LE(BigInt.asIntN(64, word), index * 8);
  return bytes;
}

/** The probe's answers: a result, or minus an error number. */
export function results(output: Buffer): number[] {
  return Array.from({ length: Math.floor(output.length / 8) }, (_, index) => Number(output.readBigInt64LE(index * 8)));
}

function writeWords(target: Buffer, offset: number, words: readonly number[], size: 2 | 4 | 8): void {
  for (const [index, word] of words.entries()) {
    const at = offset + index * size;
    if (size === 8) target.writeBigUInt64LE(BigInt(word), at);
    else target.writeUIntLE(word, at, size);
  }
}

function writeProgram(path: string, parts: readonly Buffer[]): void {
  writeFileSync(path, Buffer.concat(parts));
  chmodSync(path, 0o755);
}
