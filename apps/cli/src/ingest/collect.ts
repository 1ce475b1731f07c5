// Kernels lie outside of V8's heap, where it lets 64 MB gather before it looks for what nobody has any more: a seventh of all that ingest
// takes. Where Node lets it be asked (bin/btfq.cjs sees to that), it is asked sooner.

/** What may gather, in bytes. */
const MOST = 16e6;

/** To be called after each kernel. */
export function collector(): () => void {
  const { gc } = globalThis as { gc?: () => void };
  let after = 0;
  return () => {
    if (gc === undefined) return;
    const { arrayBuffers } = process.memoryUsage();
    if (arrayBuffers < after) after = arrayBuffers;
    if (arrayBuffers - after < MOST) return;
    gc();
    after = process.memoryUsage().arrayBuffers;
  };
}
