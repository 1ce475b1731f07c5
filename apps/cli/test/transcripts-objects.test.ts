// The transcripts of load checks, offsets, queries and relocations.
import { transcriptTests } from './kit/transcript-tests.ts';

transcriptTests((name) => name >= 'l');
