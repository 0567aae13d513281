/** A picture that is moved and enlarged in a window. `scale` 1 fits it in; offsets are of its middle, in pixels. */
export interface View {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}
export interface Size {
  readonly width: number;
  readonly height: number;
}
export const fitted: View = { scale: 1, x: 0, y: 0 };
const scaleMax = 24;
/** Of one press. */
export const zoomStep = 1.4;

/** Enlarges so that what is under the point stays there. @param point from the middle of the window, in pixels */
export function zoomed(view: View, factor: number, point: { x: number; y: number }, fit: Size, window: Size): View {
  const scale = Math.min(scaleMax, Math.max(1, view.scale * factor));
  const grown = scale / view.scale;
  const to = { scale, x: point.x - (point.x - view.x) * grown, y: point.y - (point.y - view.y) * grown };
  return held(to, fit, window);
}

export const moved = (view: View, dx: number, dy: number, fit: Size, window: Size): View =>
  held({ ...view, x: view.x + dx, y: view.y + dy }, fit, window);

/** No edge of the picture comes further in than the edge of the window; what is smaller than it stays in the middle. */
function held({ scale, x, y }: View, fit: Size, window: Size): View {
  const xMax = Math.max(0, (fit.width * scale - window.width) / 2);
  const yMax = Math.max(0, (fit.height * scale - window.height) / 2);
  const clamp = (value: number, max: number): number => Math.min(max, Math.max(-max, value)) + 0;
  return { scale, x: clamp(x, xMax), y: clamp(y, yMax) };
}

/** Screen pixels for each pixel of the picture, of 100: at 100 % the one is the other. @param ratio `devicePixelRatio` */
export const percentOf = (shownWidth: number, pictureWidth: number, ratio: number): number =>
  pictureWidth === 0 ? 0 : Math.round((shownWidth * ratio * 100) / pictureWidth);

/** How large a picture is where it just fits in; small ones are not enlarged. */
export function fitIn(picture: Size, window: Size): Size {
  if (picture.width === 0 || picture.height === 0) return { width: 0, height: 0 };
  const share = Math.min(1, window.width / picture.width, window.height / picture.height);
  return { width: picture.width * share, height: picture.height * share };
}
