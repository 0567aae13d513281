/** One line of JSON an event, with ids and codes only: nothing that was decrypted, no message that could quote it. */
export function log(event: string, fields: Record<string, string | number> = {}): void {
  console.log(JSON.stringify({ time: new Date().toISOString(), event, ...fields }));
}
