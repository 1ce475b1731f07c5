// The transcripts whose names begin with a to h.
import { transcriptTests } from './kit/transcript-tests.ts';

transcriptTests((name) => name < 'i');
