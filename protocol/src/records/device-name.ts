/**
 * What two names of devices have in common where a person would take them for the same: composed characters (NFC), small
 * letters, nothing around it. Server and clients compare this, and nobody stores it.
 */
export const deviceNameKey = (label: string): string => label.trim().toLowerCase().normalize('NFC');
