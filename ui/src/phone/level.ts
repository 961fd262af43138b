// SPDX-License-Identifier: EUPL-1.2
/** How loud a microphone is, a few times a second. */

const LOOK_MS = 100;
/** The quietest that moves the meter, in decibels below full scale. */
const FLOOR_DB = -60;

/** Loudness of samples from −1 to 1, as a part of the meter from 0 to 1. */
export function loudness(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const rms = Math.sqrt(sum / Math.max(1, samples.length));
  const db = rms === 0 ? FLOOR_DB : 20 * Math.log10(rms);
  return Math.min(1, Math.max(0, (db - FLOOR_DB) / -FLOOR_DB));
}

/** Tells `see` how loud it is until the function that it returns is called. */
export function level(stream: MediaStream, see: (part: number) => void): () => void {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    see(loudness(samples));
  }, LOOK_MS);
  return () => {
    clearInterval(timer);
    void context.close();
  };
}
