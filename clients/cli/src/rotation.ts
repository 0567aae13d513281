import { Refusal, type Aerie, type RotationProgress } from '@aerie/sdk';
import type { Output } from './command.js';
import { Interrupted } from './failure.js';
import { visible } from './format.js';

/** What is true wherever it ends early. */
export const rotationKept = 'Keys that were replaced stay replaced. Run `aerie device rotate` to finish.';

/** Replaces what a revoked device still has, and says so step by step. @returns how many keys were replaced */
export async function replaceKeys(output: Output, aerie: Aerie): Promise<number> {
  if ((await aerie.devices.rotation()).length === 0) return 0;
  const names = new Map((await aerie.projects.list()).map(({ projectId, name }) => [projectId, name]));
  const describe = ({ step, done, of }: RotationProgress): string => {
    const what =
      step.kind === 'member' ? 'your key' : `the key of the project "${visible(names.get(step.projectId) ?? '')}"`;
    return `Replacing ${what} (${done + 1} of ${of})`;
  };
  const signal = output.takeStop();
  try {
    return await aerie.devices.rotate({ signal, onProgress: (progress) => output.note(describe(progress)) });
  } catch (error) {
    if (error instanceof Refusal && error.code === 'rotation.aborted') throw new Interrupted(rotationKept);
    throw error;
  }
}

/** Tells on standard error where that is left to do: an interruption, or a device that an owner revoked. */
export async function remindOfKeys(output: Output, aerie: Aerie): Promise<number> {
  const { length } = await aerie.devices.rotation();
  if (length > 0) output.note('A revoked device still has keys of yours. Run `aerie device rotate` to replace them.');
  return length;
}
