/** What the SDK adds in a browser's worker: what was picked in, pictures of it, and local state. */
export { fileItem, fileItems, type Picked } from './file-items.js';
export { openIndexedDbJournal, JournalLost } from './indexeddb-journal.js';
export { KeyringVault, type VaultLabel } from './keyring-vault.js';
export { makePictures, type PictureDeps } from './pictures.js';
