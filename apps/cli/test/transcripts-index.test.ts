// The transcripts of the index and of ingest.
import { transcriptTests } from './kit/transcript-tests.ts';

transcriptTests((name) => name >= 'i' && name < 'l');
