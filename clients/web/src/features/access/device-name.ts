const browsers: readonly (readonly [RegExp, string])[] = [
  [/Edg(e|A|iOS)?\//, 'Edge'],
  [/OPR\//, 'Opera'],
  [/SamsungBrowser\//, 'Samsung Internet'],
  [/(Firefox|FxiOS)\//, 'Firefox'],
  [/(Chrom(e|ium)|CriOS)\//, 'Chrome'],
  [/Safari\//, 'Safari'],
];
const systems: readonly (readonly [RegExp, string])[] = [
  [/iPhone/, 'iPhone'],
  [/iPad/, 'iPad'],
  [/Android/, 'Android'],
  [/Windows/, 'Windows'],
  [/Mac OS X/, 'Mac'],
  [/CrOS/, 'ChromeOS'],
  [/Linux/, 'Linux'],
];

/** Which browser on which system, as far as the user agent says; a person may name it better. */
export function describeBrowser(userAgent: string): { readonly browser: string; readonly system: string } {
  const first = (list: typeof browsers, otherwise: string) =>
    list.find(([sign]) => sign.test(userAgent))?.[1] ?? otherwise;
  return { browser: first(browsers, 'Browser'), system: first(systems, '') };
}
