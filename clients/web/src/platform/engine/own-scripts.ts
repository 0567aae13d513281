/** The page's one Trusted Types policy: it makes script addresses of this build's own workers, and nothing else. */
const isOwn = (path: string): boolean => /^\/(assets\/[\w.-]+|service-worker-[0-9a-f]{16})\.js$/.test(path);

interface PolicyFactory {
  createPolicy(name: string, rules: { createScriptURL(path: string): string }): { createScriptURL(path: string): URL };
}
const factory = (globalThis as { trustedTypes?: PolicyFactory }).trustedTypes;

const policy = factory?.createPolicy('aerie', {
  createScriptURL(path) {
    if (!isOwn(path) && !import.meta.env.DEV) throw new TypeError(`${path} is no script of this build`);
    return path;
  },
});

/** @throws TypeError for any address but the build's own workers */
export const ownScript = (path: string): URL => policy?.createScriptURL(path) ?? new URL(path, location.origin);
