// SPDX-License-Identifier: EUPL-1.2
/**
 * The telephone in the browser: one microphone, one connection to the server for the whole shift.
 *
 * ```text
 *  off ──start──▶ asking ──allowed──▶ connecting ◀──────┐
 *                    │                   │           again, later
 *                 refused             answered          │
 *                    ▼                   ▼              │
 *                 refused            connected ──lost───┘
 * ```
 *
 * Rule: the server decides what is heard. The page offers, plays what comes, and makes the connection anew when
 * it breaks; it knows of no call.
 */

import { waitBefore } from '../net/backoff.ts';
import type { Codec, Desk, Request } from '../protocol.ts';
import { counters, preferred, quality, type Counters } from './codecs.ts';
import type { Devices } from './devices.svelte.ts';

export type Line = 'off' | 'asking' | 'refused' | 'no_microphone' | 'insecure' | 'connecting' | 'connected';

/** Host addresses are found at once; nobody waits for what a firewall swallows. */
const GATHERING_MS = 800;
/** An answer that has not come by then will not come. */
const ANSWER_MS = 4_000;
/** A disturbance that heals by itself is left alone for so long. */
const DISTURBED_MS = 2_000;
const QUALITY_MS = 10_000;

export class Softphone {
  line: Line = $state('off');
  muted = $state(false);
  readonly #devices: Devices;
  readonly #tell: (request: Request) => boolean;
  readonly #voice = new Audio();
  #peer: RTCPeerConnection | null = null;
  #microphone: MediaStream | null = null;
  #wanted: Codec | null = null;
  #attempt = 0;
  #again: ReturnType<typeof setTimeout> | undefined;
  #looking: ReturnType<typeof setInterval> | undefined;
  #before: Counters | null = null;
  #talking = false;
  #starting = false;

  constructor(devices: Devices, tell: (request: Request) => boolean) {
    this.#devices = devices;
    this.#tell = tell;
    this.#voice.autoplay = true;
  }

  /** The microphone as it is heard now, for the level meter. */
  get microphone(): MediaStream | null {
    return this.#microphone;
  }

  /** Asks for the microphone, if it was not given yet. */
  async listen(): Promise<boolean> {
    if (this.#microphone !== null) return true;
    if (!window.isSecureContext || navigator.mediaDevices === undefined) {
      this.line = 'insecure';
      return false;
    }
    if (this.line === 'off') this.line = 'asking';
    try {
      this.#microphone = await navigator.mediaDevices.getUserMedia({ audio: this.#constraints() });
    } catch (error) {
      this.line = error instanceof DOMException && error.name === 'NotFoundError' ? 'no_microphone' : 'refused';
      return false;
    }
    this.#track()?.addEventListener('ended', () => void this.#unplugged());
    if (this.#peer === null) this.line = 'off';
    await this.#devices.look();
    return true;
  }

  async start(): Promise<void> {
    // The desk may change twice while the person is asked for the microphone.
    if (this.#peer !== null || this.#starting) return;
    this.#starting = true;
    const there = await this.listen();
    this.#starting = false;
    if (!there) return;
    this.#looking ??= setInterval(() => void this.#measure(), QUALITY_MS);
    await this.#connect();
  }

  stop(): void {
    clearTimeout(this.#again);
    clearInterval(this.#looking);
    this.#looking = undefined;
    this.#close();
    for (const track of this.#microphone?.getTracks() ?? []) track.stop();
    this.#microphone = null;
    this.muted = false;
    this.line = 'off';
  }

  mute(muted: boolean): void {
    this.muted = muted;
    const track = this.#track();
    if (track !== null) track.enabled = !muted;
  }

  /** Another microphone or another ear was chosen. */
  async change(): Promise<void> {
    await this.#voice.setSinkId?.(this.#devices.present('voice')).catch(() => undefined);
    const present = this.#devices.present('microphone');
    const current = this.#track()?.getSettings().deviceId;
    if (this.#microphone === null || present === current) return;
    await this.#unplugged();
  }

  /** What the server says of us. */
  async follow(desk: Desk): Promise<void> {
    this.#talking = desk.calls.some((call) => call.state === 'up' || call.state === 'conference');
    const wanted = desk.devices.chosen === 'browser' && desk.agent.state !== 'signed_off';
    if (!wanted) {
      if (this.#peer !== null) this.stop();
      return;
    }
    if (this.#peer === null) {
      if (this.line === 'off') await this.start();
      return;
    }
    // The server has begun anew and knows nothing of our connection.
    if (!desk.softphone.connected && this.line === 'connected') this.#retry();
    if (desk.softphone.codec !== null && desk.softphone.codec !== this.#wanted) await this.#speak(desk.softphone.codec);
  }

  async answered(sdp: string): Promise<void> {
    const peer = this.#peer;
    if (peer?.signalingState !== 'have-local-offer') return;
    try {
      await peer.setRemoteDescription({ type: 'answer', sdp });
    } catch (error) {
      console.error('softphone: the answer does not fit', error);
      this.#retry();
    }
  }

  /** The way to the server is back: a connection that broke meanwhile need not wait any longer. */
  reconnected(): void {
    this.#attempt = 0;
    if (this.line === 'connecting') this.#retry();
  }

  async #connect(): Promise<void> {
    this.#close();
    this.line = 'connecting';
    const peer = new RTCPeerConnection();
    this.#peer = peer;
    peer.addEventListener('connectionstatechange', () => this.#state(peer));
    peer.addEventListener('track', (event) => {
      this.#voice.srcObject = event.streams[0] ?? new MediaStream([event.track]);
      void this.#voice.setSinkId?.(this.#devices.present('voice')).catch(() => undefined);
      void this.#voice.play().catch(() => undefined);
    });
    const track = this.#track();
    if (track === null || this.#microphone === null) return;
    track.enabled = !this.muted;
    const transceiver = peer.addTransceiver(track, { direction: 'sendrecv', streams: [this.#microphone] });
    prefer(transceiver, this.#wanted);
    await this.#offer(peer);
  }

  async #offer(peer: RTCPeerConnection): Promise<void> {
    await peer.setLocalDescription();
    await gathered(peer);
    if (this.#peer !== peer) return;
    const sdp = peer.localDescription?.sdp;
    if (sdp === undefined || !this.#tell({ type: 'offer', sdp })) return this.#later();
    clearTimeout(this.#again);
    this.#again = setTimeout(() => {
      if (this.#peer === peer && peer.signalingState === 'have-local-offer') this.#retry();
    }, ANSWER_MS);
  }

  #state(peer: RTCPeerConnection): void {
    if (this.#peer !== peer) return;
    if (peer.connectionState === 'connected') {
      clearTimeout(this.#again);
      this.#attempt = 0;
      this.line = 'connected';
    } else if (peer.connectionState === 'disconnected') {
      clearTimeout(this.#again);
      this.#again = setTimeout(() => {
        if (peer.connectionState === 'disconnected') void this.#restart(peer);
      }, DISTURBED_MS);
    } else if (peer.connectionState === 'failed') {
      void this.#restart(peer);
    }
  }

  /** The same connection by a new way: another Wi-Fi, another address. */
  async #restart(peer: RTCPeerConnection): Promise<void> {
    if (this.#peer !== peer) return;
    this.line = 'connecting';
    if (this.#attempt > 1 || peer.signalingState !== 'stable') return this.#later();
    this.#attempt += 1;
    peer.restartIce();
    await this.#offer(peer);
  }

  #later(): void {
    this.line = 'connecting';
    clearTimeout(this.#again);
    this.#again = setTimeout(() => void this.#connect(), waitBefore(this.#attempt, Math.random()));
    this.#attempt += 1;
  }

  #retry(): void {
    this.#later();
  }

  /** Speaks another codec from now on; where the browser cannot change it in the talk, by a new offer. */
  async #speak(codec: Codec): Promise<void> {
    this.#wanted = codec;
    const peer = this.#peer;
    const transceiver = peer?.getTransceivers()[0];
    if (peer === null || transceiver === undefined || peer.signalingState !== 'stable') return;
    // What we did not offer we cannot speak, whatever is wished.
    const offered = preferred(RTCRtpSender.getCapabilities('audio')?.codecs ?? [], null);
    const chosen = offered.find((one) => one.mimeType.toLowerCase() === `audio/${codec.toLowerCase()}`);
    const parameters = transceiver.sender.getParameters();
    const encoding = parameters.encodings[0];
    if (chosen === undefined || encoding === undefined) return;
    try {
      (encoding as RTCRtpEncodingParameters & { codec?: unknown }).codec = chosen;
      await transceiver.sender.setParameters(parameters);
    } catch {
      prefer(transceiver, codec);
      await this.#offer(peer);
    }
  }

  async #unplugged(): Promise<void> {
    for (const track of this.#microphone?.getTracks() ?? []) track.stop();
    this.#microphone = null;
    if (!(await this.listen())) return;
    const track = this.#track();
    const sender = this.#peer?.getSenders()[0];
    if (track === null || sender === undefined) return;
    track.enabled = !this.muted;
    await sender.replaceTrack(track);
  }

  async #measure(): Promise<void> {
    const peer = this.#peer;
    if (peer === null || !this.#talking) {
      this.#before = null;
      return;
    }
    const report: Record<string, unknown>[] = [];
    (await peer.getStats()).forEach((one: Record<string, unknown>) => report.push(one));
    const found = counters(report);
    const measured = found === null ? null : quality(this.#before, found);
    this.#before = found;
    if (measured !== null) this.#tell({ type: 'quality', ...measured });
  }

  #close(): void {
    const peer = this.#peer;
    this.#peer = null;
    this.#before = null;
    this.#voice.srcObject = null;
    peer?.close();
  }

  #track(): MediaStreamTrack | null {
    return this.#microphone?.getAudioTracks()[0] ?? null;
  }

  #constraints(): MediaTrackConstraints {
    const chosen = this.#devices.present('microphone');
    const device = chosen === '' ? {} : { deviceId: { exact: chosen } };
    return { ...device, echoCancellation: true, noiseSuppression: true, autoGainControl: true };
  }
}

function prefer(transceiver: RTCRtpTransceiver, wanted: Codec | null): void {
  const known = RTCRtpReceiver.getCapabilities('audio')?.codecs ?? [];
  transceiver.setCodecPreferences(preferred(known, wanted));
}

/** Until all addresses of this machine are in the offer, or the time is over. */
function gathered(peer: RTCPeerConnection): Promise<void> {
  if (peer.iceGatheringState === 'complete') return Promise.resolve();
  return new Promise((done) => {
    const late = setTimeout(done, GATHERING_MS);
    peer.addEventListener('icegatheringstatechange', () => {
      if (peer.iceGatheringState !== 'complete') return;
      clearTimeout(late);
      done();
    });
  });
}
