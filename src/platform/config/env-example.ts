import { type VariableName, isSecret, variables } from './config.schema.js';

/** The text of `.env.example`: every variable with its meaning, commented out where a default or nothing applies. */
export function printEnvExample(): string {
  const blocks = (Object.keys(variables) as VariableName[]).map((name) => {
    const variable: { meaning: string; example?: string } = variables[name];
    const fallback = variables[name].schema.safeParse(undefined);
    const value = fallback.success && fallback.data !== undefined ? String(fallback.data) : (variable.example ?? '');
    const twin = isSecret(name) ? `\n# Or ${name}_FILE, the path of a file that holds it.` : '';
    return `# ${variable.meaning}${twin}\n# ${name}=${value}\n`;
  });
  return `# Settings of the Aerie server. Printed from src/platform/config/config.schema.ts; the environment wins over this file.\n\n${blocks.join('\n')}`;
}
