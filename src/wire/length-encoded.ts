/** How many bytes a length-encoded integer takes. */
export function lengthEncodedSize(value: number): number {
  if (value < 0xfb) return 1;
  if (value <= 0xffff) return 3;
  if (value <= 0xff_ff_ff) return 4;
  return 9;
}

/** Writes a length-encoded integer and returns the offset after it. */
export function writeLengthEncoded(target: Buffer, value: number, offset: number): number {
  if (value < 0xfb) return target.writeUInt8(value, offset);
  if (value <= 0xffff) return target.writeUInt16LE(value, target.writeUInt8(0xfc, offset));
  if (value <= 0xff_ff_ff) return target.writeUIntLE(value, target.writeUInt8(0xfd, offset), 3);
  return target.writeBigUInt64LE(BigInt(value), target.writeUInt8(0xfe, offset));
}
