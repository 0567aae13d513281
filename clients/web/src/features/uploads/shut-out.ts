/** The server takes nothing more from this device: trying again cannot help, so it is not offered. */
const codes = ['device.revoked', 'device.expired', 'device.unknown'];

export const isShutOut = (code: string | undefined): boolean => code !== undefined && codes.includes(code);
