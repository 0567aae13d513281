/** The signals by which a person, a shell or a system ends a command: one handling for all of them. */

const exitCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
let first: keyof typeof exitCodes = 'SIGINT';
let isAsked = false;

/** From now on signals call `stop` instead of ending the program. */
export function onStop(stop: () => void): void {
  for (const signal of Object.keys(exitCodes) as (keyof typeof exitCodes)[]) {
    process.on(signal, () => {
      if (!isAsked) first = signal;
      isAsked = true;
      stop();
    });
  }
}

/** As a shell reports the end by a signal; 130 where a prompt took Ctrl-C itself. */
export const stoppedExitCode = (): number => exitCodes[first];
