/**
 * A gallery in a cold process, through the SDK: unlock the keyring, list a project, fetch, verify and decrypt its
 * thumbnails. Prints, in seconds since the process began, when the first page and when all of it was there.
 */
import { join } from 'node:path';
import { Aerie } from '@aerie/sdk';
import { readKeyringFile } from '@aerie/sdk/node';

const pageMedia = 200;
const [projectId, wanted] = process.argv.slice(2);
const seconds = () => performance.now() / 1000;

const keyring = await readKeyringFile(join(process.env.AERIE_HOME, 'keyring.pgp'), process.env.AERIE_PASSPHRASE);
const unlocked = seconds();
const aerie = await Aerie.open(keyring);
const pages = [];
let page = [];
let thumbs = 0;
for await (const media of aerie.media.list(projectId)) {
  if (!media.verified) throw new Error(`${media.mediaId} does not verify: ${media.problem.message}`);
  page.push(media.mediaId);
  if (page.length === pageMedia) await finishPage();
}
if (page.length > 0) await finishPage();
await aerie.close();
if (thumbs !== Number(wanted)) throw new Error(`${thumbs} thumbnails of ${wanted}`);
console.log(JSON.stringify({ unlocked, firstPage: pages[0], all: pages.at(-1) }));

async function finishPage() {
  thumbs += (await aerie.previews.page(projectId, page)).size;
  pages.push(seconds());
  page = [];
}
