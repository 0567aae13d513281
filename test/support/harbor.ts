import { foundBy, type Owner } from './people.js';
import { RawDevice } from './raw.js';
import { startServer, type RunningServer, type ServerOptions } from './server.js';
import { Stored } from './stored.js';

/** Where an attack or a race begins: a server with an organization and the project "Harbour". */
export interface Harbor {
  readonly server: RunningServer;
  readonly owner: Owner;
  /** The owner's device, which can also say what no honest one would. */
  readonly ada: RawDevice;
  readonly projectId: string;
  /** What the server keeps, seen past it. */
  readonly stored: Stored;
  close(): Promise<void>;
}

/** @param store where its objects lie, where the server itself is led another way */
export async function openHarbor(options: ServerOptions = {}, store = options.env): Promise<Harbor> {
  const opened: (() => unknown)[] = [];
  const close = async (): Promise<void> => {
    for (const undo of opened.splice(0).reverse()) await undo();
  };
  try {
    const server = await startServer(options);
    opened.push(() => server.stop());
    const owner = await foundBy(server);
    opened.push(() => owner.remove());
    const ada = await RawDevice.of(owner);
    const { projectId } = await ada.aerie.projects.create('Harbour');
    const stored = await Stored.open(server, store);
    opened.push(() => stored.close());
    return { server, owner, ada, projectId, stored, close };
  } catch (error) {
    await close();
    throw error;
  }
}
