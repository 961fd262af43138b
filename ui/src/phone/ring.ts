// SPDX-License-Identifier: EUPL-1.2
/** The ring, the tone mark of a client and the test tone, made by the browser: no file, no request. */

/** The German ringing rhythm: one second of tone, four of silence (DIN 57: 425 Hz); softened by its octave. */
const RING_HZ = 425;
const RING_S = 1;
const PERIOD_MS = 5_000;
/** Notes of a tone mark: a scale without half tones, in which no two sound wrong. */
const NOTES_HZ = [392, 440, 523, 587, 659, 784] as const;
const NOTE_S = 0.16;
const FADE_S = 0.02;
const TEST_HZ = 440;
const TEST_S = 1.2;

/** The two notes of a client: different for thirty clients in a row. */
export function mark(tone: number): [number, number] {
  const first = tone % NOTES_HZ.length;
  const step = 1 + (Math.floor(tone / NOTES_HZ.length) % (NOTES_HZ.length - 1));
  return [NOTES_HZ[first] ?? NOTES_HZ[0], NOTES_HZ[(first + step) % NOTES_HZ.length] ?? NOTES_HZ[0]];
}

export interface Loudspeaker {
  /** The browser's id of the device; empty for the system's choice. */
  device: string;
  volume: number;
}

type Sink = AudioContext & { setSinkId?: (id: string) => Promise<void> };

export class Ring {
  #context: Sink | null = null;
  #timer: ReturnType<typeof setInterval> | undefined;

  /** Browsers let a page sound only after the person has done something in it: call this then. */
  async prepare(): Promise<void> {
    this.#context ??= new AudioContext();
    if (this.#context.state === 'suspended') await this.#context.resume();
  }

  /** Rings until `stop`, with the client's mark first if there is one. */
  start(speaker: Loudspeaker, tone: number | null): void {
    this.stop();
    const round = (): void => void this.#round(speaker, tone);
    round();
    this.#timer = setInterval(round, PERIOD_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  async test(speaker: Loudspeaker): Promise<void> {
    await this.prepare();
    await this.#to(speaker);
    this.#tone(TEST_HZ, 0, TEST_S, speaker.volume);
  }

  close(): void {
    this.stop();
    void this.#context?.close();
    this.#context = null;
  }

  async #round(speaker: Loudspeaker, tone: number | null): Promise<void> {
    await this.prepare();
    await this.#to(speaker);
    if (this.#timer === undefined) return;
    let at = 0;
    for (const note of tone === null ? [] : mark(tone)) {
      this.#tone(note, at, NOTE_S, speaker.volume);
      at += NOTE_S;
    }
    this.#tone(RING_HZ, at, RING_S, speaker.volume);
    this.#tone(RING_HZ * 2, at, RING_S, speaker.volume / 4);
  }

  async #to(speaker: Loudspeaker): Promise<void> {
    // A device that is gone must not make the ring silent: then the system's choice has it.
    await this.#context?.setSinkId?.(speaker.device).catch(() => undefined);
  }

  #tone(hz: number, after_s: number, length_s: number, volume: number): void {
    const context = this.#context;
    if (context === null) return;
    const start = context.currentTime + after_s;
    const gain = context.createGain();
    gain.gain.setValueAtTime(0, start);
    gain.gain.linearRampToValueAtTime(volume * 0.5, start + FADE_S);
    gain.gain.setValueAtTime(volume * 0.5, start + length_s - FADE_S);
    gain.gain.linearRampToValueAtTime(0, start + length_s);
    const source = context.createOscillator();
    source.frequency.value = hz;
    source.connect(gain).connect(context.destination);
    source.start(start);
    source.stop(start + length_s);
  }
}
