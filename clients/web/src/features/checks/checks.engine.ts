/** Everything of a project, fetched and compared with what was signed. Nothing of it is kept. */
import type { ListedMedia, MediaCheck } from '@aerie/sdk';
import { proxy } from 'comlink';
import type { Client } from '../../platform/engine/client.js';
import type { CheckedMedia, Checking, Subject } from './checked.js';

const progressMs = 200;

declare module '../../platform/engine/engines.js' {
  interface Engines {
    checks: ReturnType<typeof checksEngine>;
  }
}

export default function checksEngine(client: Client) {
  return {
    /** What is checked, and against which root. */
    async subject(projectId: string): Promise<Subject> {
      const { aerie, server } = client;
      const [{ name, mediaCount, bytesUsed }, organization] = await Promise.all([
        aerie.projects.read(projectId),
        aerie.organization(),
      ]);
      const { rootFp } = aerie.keyring;
      return { projectId, project: name, organization, rootFp, server, mediaCount, bytes: bytesUsed };
    },

    /**
     * Checks one media after the other, oldest first.
     * @param known media to leave out, as they were checked already
     * @param onChecked waited for
     * @param onProgress octets of the media under way
     * @returns at once; its result fails where the check cannot go on: then what was told so far stands
     */
    run(
      projectId: string,
      known: readonly string[],
      onChecked: (media: CheckedMedia) => Promise<void>,
      onProgress: (bytesDone: number) => void,
    ) {
      const stop = new AbortController();
      const result = checkAll(client, projectId, new Set(known), stop.signal, onChecked, paced(onProgress)).catch(
        (error: unknown) => {
          if (!stop.signal.aborted) throw error;
        },
      );
      result.catch(() => {});
      const checking: Checking = { result: () => result, stop: () => stop.abort() };
      return proxy(checking);
    },
  };
}

async function checkAll(
  { aerie }: Client,
  projectId: string,
  known: ReadonlySet<string>,
  signal: AbortSignal,
  onChecked: (media: CheckedMedia) => Promise<void>,
  onProgress: (bytesDone: number) => void,
): Promise<void> {
  for await (const page of aerie.media.pages(projectId)) {
    for (const entry of page) {
      signal.throwIfAborted();
      if (known.has(entry.listed.mediaId)) continue;
      const check = await aerie.media.check(entry, { signal, onProgress });
      // A server that answers nothing at all says nothing about this media: that ends the check instead.
      if (!check.ok) await aerie.projects.read(projectId);
      await onChecked(checkedOf(entry, check));
    }
  }
}

function checkedOf({ listed, opened }: ListedMedia, { ok, checks, problem }: MediaCheck): CheckedMedia {
  const { mediaId, name, path, aliases, bytes, sha256, uploader, committedAt } = listed;
  return {
    mediaId,
    name,
    paths: path === null ? [] : [path, ...aliases],
    bytes,
    sealedBytes: [...(opened?.media.blobs.values() ?? [])].reduce((sum, blob) => sum + blob.bytes, 0),
    sha256,
    uploader: uploader && `${uploader.member}, ${uploader.device}`,
    receivedAt: opened ? committedAt : null,
    isSound: ok,
    checks,
    problem: problem ?? null,
  };
}

/** Pieces are small, and each message costs the page a turn. */
function paced(tell: (bytesDone: number) => void): (bytesDone: number) => void {
  let toldAtMs = 0;
  return (bytesDone) => {
    const now = performance.now();
    if (now - toldAtMs < progressMs) return;
    toldAtMs = now;
    tell(bytesDone);
  };
}
