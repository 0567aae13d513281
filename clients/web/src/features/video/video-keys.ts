/** The part of a player that keys act on: what a `<video>` has of it. */
export interface Playing {
  paused: boolean;
  muted: boolean;
  currentTime: number;
  playbackRate: number;
  readonly duration: number;
  play(): Promise<void>;
  pause(): void;
}

const jumpSeconds = 10;
/** A browser does not say how many frames a second has; most drones record 30. */
const frameSeconds = 1 / 30;
const speeds = [0.25, 0.5, 0.75, 1, 1.25, 1.5, 2, 4];

/** Does what the key is for, if it is one of a player's. @returns whether it was */
export function videoKey(
  video: Playing,
  event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'target'>,
): boolean {
  if (event.ctrlKey || event.metaKey) return false;
  // Space presses the button that has the focus.
  if (event.key === ' ' && event.target instanceof Element && event.target.closest('button, a')) return false;
  const act = keys[event.key.toLowerCase()];
  act?.(video);
  return act !== undefined;
}

const keys: Record<string, ((video: Playing) => unknown) | undefined> = {
  ' ': toggle,
  k: toggle,
  j: (video) => seek(video, -jumpSeconds),
  l: (video) => seek(video, jumpSeconds),
  ',': (video) => frame(video, -1),
  '.': (video) => frame(video, 1),
  '<': (video) => speed(video, -1),
  '>': (video) => speed(video, 1),
  m: (video) => (video.muted = !video.muted),
};

function toggle(video: Playing): void {
  if (!video.paused) video.pause();
  // A video that cannot play says so itself.
  else void video.play().catch(() => {});
}

function seek(video: Playing, seconds: number): void {
  const end = Number.isFinite(video.duration) ? video.duration : 0;
  video.currentTime = Math.min(end, Math.max(0, video.currentTime + seconds));
}

function frame(video: Playing, by: 1 | -1): void {
  video.pause();
  seek(video, by * frameSeconds);
}

/** The next speed of the list, from wherever the player's own menu has set it. */
function speed(video: Playing, by: 1 | -1): void {
  const further = by === 1 ? speeds : [...speeds].reverse();
  video.playbackRate = further.find((one) => (one - video.playbackRate) * by > 0) ?? video.playbackRate;
}
