/**
 * Draws what no screen shows as it stands: numbers beyond 8 bits, more bands than colors, places where nothing was
 * measured. Multispectral cameras and elevation models write such TIFFs.
 */
import sharp, { type Metadata, type Sharp } from 'sharp';
import type { TiffBands } from '../../metadata/tiff-bands.js';
import { NoRendition, type RenditionLimits } from '../../previews/rendition-rules.js';

/** Values that are not declared as NoData: what elevation models use for it, beyond any height on Earth. */
const usualNoData = [-9999, -32_767, -32_768];
const measuredMax = 1e30;
/** Of 100: what lies beyond is drawn as dark or as bright as can be, so that a few odd values do not take the contrast. */
const darkest = 1;
const brightest = 99;
const samplesMax = 65_536;
/** sharp gives whole numbers without a sign; this keeps those below zero. */
const shortOffset = 32_768;

interface Band {
  readonly values: Float32Array;
  readonly width: number;
  readonly height: number;
}

/** Whether the bands are to be drawn here. Sharp shows 16 bits of gray or color well enough, without NoData. */
export function needsBands(metadata: Metadata, tiff: TiffBands | undefined): boolean {
  if (metadata.format !== 'tiff') return false;
  const isColor = metadata.space === 'cmyk' || metadata.channels === 1 || metadata.channels === 3 || tiff?.hasAlpha;
  return !isColor || metadata.channels > 4 || isNumber(metadata.depth) || tiff?.noData !== undefined;
}

const isNumber = (depth: Metadata['depth']) => depth !== 'uchar' && depth !== 'ushort';

/**
 * The first three bands as red, green and blue, or the first as gray, at about the size asked for; white where nothing
 * was measured. All bands are stretched alike, so that colors keep their balance.
 *
 * @param open opens the picture, once for each band
 * @throws NoRendition where it has more pixels than are kept whole, or none that was measured
 */
export async function drawBands(
  open: () => Sharp,
  metadata: Metadata,
  tiff: TiffBands | undefined,
  side: number,
  limits: RenditionLimits,
): Promise<Sharp> {
  // sharp takes a band of unknown meaning for transparency when it resizes, so those are taken out whole.
  if (metadata.channels > 1 && metadata.width * metadata.height > limits.wholePixelsMax)
    throw new NoRendition('too_large', 'the picture has more pixels than are decoded');
  const bands: Band[] = [];
  const wanted = metadata.channels >= 3 ? ([0, 1, 2] as const) : ([0] as const);
  for (const band of wanted) bands.push(await readBand(open, band, metadata, side));
  const isMeasured = measured(metadata, tiff);
  const [dark, bright] = metadata.depth === 'uchar' ? [0, 255] : range(bands, isMeasured);
  const { width, height } = bands[0]!;
  const scale = bright > dark ? 255 / (bright - dark) : 0;
  const drawn = new Uint8Array(width * height * bands.length);
  for (let pixel = 0; pixel < width * height; pixel++) {
    const values = bands.map((band) => band.values[pixel]!);
    const isBlank = !values.every(isMeasured);
    for (const [i, value] of values.entries())
      drawn[pixel * bands.length + i] = isBlank ? 255 : Math.min(255, Math.max(0, (value - dark) * scale));
  }
  return sharp(drawn, { raw: { width, height, channels: bands.length === 3 ? 3 : 1 } });
}

/** One band at about that size. The nearest pixel, never a mean: a mean of a height and NoData is neither. */
async function readBand(open: () => Sharp, band: 0 | 1 | 2, metadata: Metadata, side: number): Promise<Band> {
  const fitting = { width: side, height: side, fit: 'inside', withoutEnlargement: true, kernel: 'nearest' } as const;
  const single = metadata.channels > 1 ? open().extractChannel(band) : open().resize(fitting);
  const isShort = metadata.depth === 'short';
  const signless = isShort ? single.linear(1, shortOffset) : single;
  // Its own space, as any other mixes bands, or takes 16 bits to 8.
  const asStated = signless.toColorspace(metadata.space);
  const { data, info } = await asStated.raw({ depth: 'float' }).toBuffer({ resolveWithObject: true });
  const whole = new Float32Array(data.buffer, data.byteOffset, data.byteLength / 4);
  const scale = Math.max(1, Math.max(info.width, info.height) / side);
  const [width, height] = [Math.max(1, Math.floor(info.width / scale)), Math.max(1, Math.floor(info.height / scale))];
  const values = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    const row = Math.floor(y * scale) * info.width;
    for (let x = 0; x < width; x++)
      values[y * width + x] = whole[(row + Math.floor(x * scale)) * info.channels]! - (isShort ? shortOffset : 0);
  }
  return { values, width, height };
}

function measured(metadata: Metadata, tiff: TiffBands | undefined): (value: number) => boolean {
  const stated = tiff?.noData === undefined ? undefined : Math.fround(tiff.noData);
  const guessed = stated === undefined && isNumber(metadata.depth) ? usualNoData : [];
  return (value) =>
    Number.isFinite(value) && Math.abs(value) < measuredMax && value !== stated && !guessed.includes(value);
}

/** Between which values the contrast is spread, by a sample of what was measured. */
function range(bands: readonly Band[], isMeasured: (value: number) => boolean): [number, number] {
  const sample: number[] = [];
  for (const { values } of bands) {
    const step = Math.max(1, Math.floor((values.length * bands.length) / samplesMax));
    for (let i = 0; i < values.length; i += step) if (isMeasured(values[i]!)) sample.push(values[i]!);
  }
  if (sample.length === 0) throw new NoRendition('unsupported', 'no pixel of the picture holds a measured value');
  const sorted = Float32Array.from(sample).sort();
  const at = (percent: number) => sorted[Math.round(((sorted.length - 1) * percent) / 100)]!;
  return [at(darkest), at(brightest)];
}
