// SPDX-License-Identifier: EUPL-1.2
/** Microphone, the ear for the caller, and what rings: three choices of one person on one machine. */

const STORED = 'amtsleitung.sound';

export interface Choice {
  /** Ids of the browser; empty for the system's own choice. */
  microphone: string;
  voice: string;
  ring: string;
  /** From 0 to 1. */
  ring_volume: number;
  /** A short mark before the ring tells which client is called. */
  tone_marks: boolean;
}

const NONE: Choice = { microphone: '', voice: '', ring: '', ring_volume: 0.6, tone_marks: false };

export interface Device {
  id: string;
  name: string;
}

export class Devices {
  choice: Choice = $state(stored());
  microphones: Device[] = $state([]);
  outputs: Device[] = $state([]);

  constructor() {
    navigator.mediaDevices?.addEventListener('devicechange', () => void this.look());
    void this.look();
  }

  /** Whether sound can leave by another device than the system's. */
  get canChooseOutput(): boolean {
    return 'setSinkId' in HTMLMediaElement.prototype;
  }

  choose(change: Partial<Choice>): void {
    this.choice = { ...this.choice, ...change };
    localStorage.setItem(STORED, JSON.stringify(this.choice));
  }

  /** Names are empty until the person has allowed the microphone. */
  async look(): Promise<void> {
    const found = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
    const named = (kind: MediaDeviceKind): Device[] =>
      found
        .filter((one) => one.kind === kind && one.deviceId !== '' && one.label !== '')
        .map((one) => ({ id: one.deviceId, name: one.label }));
    this.microphones = named('audioinput');
    this.outputs = named('audiooutput');
  }

  /** The id if the device is there, else the system's choice: a headset may have been unplugged. */
  present(kind: 'microphone' | 'voice' | 'ring'): string {
    const known = kind === 'microphone' ? this.microphones : this.outputs;
    return known.some((one) => one.id === this.choice[kind]) ? this.choice[kind] : '';
  }
}

function stored(): Choice {
  try {
    const found = JSON.parse(localStorage.getItem(STORED) ?? '{}') as Partial<Record<keyof Choice, unknown>>;
    const id = (value: unknown): string => (typeof value === 'string' ? value : '');
    const volume = found.ring_volume;
    return {
      microphone: id(found.microphone),
      voice: id(found.voice),
      ring: id(found.ring),
      ring_volume: typeof volume === 'number' && volume >= 0 && volume <= 1 ? volume : NONE.ring_volume,
      tone_marks: found.tone_marks === true,
    };
  } catch {
    return NONE;
  }
}
