/** @type {import('@sveltejs/vite-plugin-svelte').SvelteConfig} */
export default {
  compilerOptions: {
    runes: true,
    // Elements are made one by one, never from text: the page's policy allows no innerHTML (Trusted Types).
    fragments: 'tree',
  },
};
