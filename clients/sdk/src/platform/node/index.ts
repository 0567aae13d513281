/** What the SDK adds on Node: files in, files out, and local state. */
export { openFileSource, type FileSource } from './file-source.js';
export { nodeFetch } from './fetch.js';
export { openFolderSink } from './folder-sink.js';
export { ingestItems } from './ingest-items.js';
export { openFolderJournal } from './journal.js';
export {
  changeKeyringFile,
  readFoundingFile,
  readKeyringFile,
  writeFoundingFile,
  writeKeyringFile,
} from './keyring-file.js';
export { tryFolder, writePrivateFile } from './private-file.js';
export { walk, type WalkEntry } from './walk.js';
export { writeWholeFile, type Content } from './whole-file.js';
