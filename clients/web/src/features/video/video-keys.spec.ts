import { videoKey, type Playing } from './video-keys.js';

const video = (): Playing => ({
  paused: true,
  muted: false,
  currentTime: 30,
  playbackRate: 1,
  duration: 60,
  play() {
    this.paused = false;
    return Promise.resolve();
  },
  pause() {
    this.paused = true;
  },
});
// Elements are of browsers; here no key has a target that is one.
Object.assign(globalThis, { Element: class {} });
const press = (player: Playing, ...keys: string[]) =>
  keys.map((key) => videoKey(player, { key, ctrlKey: false, metaKey: false, target: null }));

describe('The keys of a video', () => {
  it.each([' ', 'k', 'K'])('play and pause it: %j', (key) => {
    const player = video();
    expect(press(player, key)).toEqual([true]);
    expect(player.paused).toBe(false);
    press(player, key);
    expect(player.paused).toBe(true);
  });

  it('jump ten seconds, never beyond its ends', () => {
    const player = video();
    press(player, 'l');
    expect(player.currentTime).toBe(40);
    press(player, 'l', 'l', 'l');
    expect(player.currentTime).toBe(60);
    press(player, ...'jjjjjjjj');
    expect(player.currentTime).toBe(0);
  });

  it('step by a frame, which also pauses', () => {
    const player = video();
    press(player, 'k', '.');
    expect(player).toMatchObject({ paused: true, currentTime: 30 + 1 / 30 });
    press(player, ',');
    expect(player.currentTime).toBeCloseTo(30);
  });

  it('change the speed, to its ends, and mute it', () => {
    const player = video();
    press(player, '>', '>', 'm');
    expect(player).toMatchObject({ playbackRate: 1.5, muted: true });
    press(player, ...'>>>>>>>>');
    expect(player.playbackRate).toBe(4);
    press(player, ...'<<<<<<<<<<');
    expect(player.playbackRate).toBe(0.25);
  });

  it('leave all others, and those with Ctrl, to the page', () => {
    expect(press(video(), 'ArrowRight', 'Escape', 'i')).toEqual([false, false, false]);
    expect(videoKey(video(), { key: 'l', ctrlKey: true, metaKey: false, target: null })).toBe(false);
  });
});
