/** Runs a classic BPF program over a `struct seccomp_data`, as the kernel does, for programs that only load, jump and return. */
export function runFilter(
  program: Buffer,
  call: { readonly architecture: number; readonly number: number; readonly args?: readonly bigint[] },
): number {
  const data = Buffer.alloc(64);
  data.writeUInt32LE(call.number, 0);
  data.writeUInt32LE(call.architecture, 4);
  for (const [index, value] of (call.args ?? []).entries()) data.writeBigUInt64LE(value, 16 + 8 * index);
  let accumulator = 0;
  for (let at = 0; at * 8 < program.length; at += 1) {
    const code = program.readUInt16LE(at * 8);
    const [whenTrue, whenFalse] = [program.readUInt8(at * 8 + 2), program.readUInt8(at * 8 + 3)];
    const operand = program.readUInt32LE(at * 8 + 4);
    if (code === 0x06) return operand;
    if (code === 0x20) accumulator = data.readUInt32LE(operand);
    else if (code === 0x05) at += operand;
    else if (code === 0x15) at += accumulator === operand ? whenTrue : whenFalse;
    else if (code === 0x25) at += accumulator > operand ? whenTrue : whenFalse;
    else if (code === 0x45) at += (accumulator & operand) !== 0 ? whenTrue : whenFalse;
    else throw new Error(`unexpected instruction ${code} at ${at}`);
  }
  throw new Error('the program ended without an answer');
}
