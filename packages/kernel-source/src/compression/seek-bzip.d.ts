// The part of seek-bzip that is used here; the package brings no types of its own.
declare module 'seek-bzip' {
  /** What decoded bytes go to. */
  interface Output {
    writeByte(byte: number): void;
  }
  const Bunzip: {
    decode(input: Buffer, output: Output): void;
  };
  export default Bunzip;
}
