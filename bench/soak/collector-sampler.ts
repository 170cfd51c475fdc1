/** Loaded in front of the collector's program, which then tells what it holds. */
import { answerSamples } from './process-sample.js';

answerSamples();
// The answers alone do not keep a collector alive that was told to end.
process.channel?.unref();
