import type { IncomingMessage } from 'node:http';
import { bodyBytesPerSecondMin, problemOf, segmentBytes } from '@aerie/protocol';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { RequestOfPrincipal } from './principal.js';

/** One body that is coming in, and how far it was when its pace was last good. */
interface Arrival {
  readonly request: RequestOfPrincipal;
  readonly reply: FastifyReply;
  /** Whatever its pace, a body is here by then. */
  endsAt: number;
  goodAt: number;
  bytesAtGood: number;
  /** Whether the last look found it too slow. A second look decides: a busy process has not read yet what has come. */
  isSuspect: boolean;
}

/** Looks at each body this often in one window. */
const looksPerWindow = 5;
/** The longest body that any route takes is a part of two segments. */
const bodyBytesMax = 2 * segmentBytes;
/** A device may spread one slow link over this many bodies: a client sends a few at a time. */
const sharesMax = 4;

/**
 * Lets go every request whose sender brings less than `bodyBytesPerSecondMin`, measured over windows of `windowMs`: it hears
 * `request.timeout`, and its connection ends. What the server itself has not taken yet is no fault of the sender.
 */
export function letSlowSendersGo(server: FastifyInstance, windowMs: number): void {
  const arrivals = new Map<IncomingMessage, Arrival>();
  const everyMs = windowMs / looksPerWindow;

  server.addHook('onRequest', (request, reply, done) => {
    const { raw } = request;
    if (!raw.complete && hasBody(raw)) {
      const now = performance.now();
      const bytes = Math.min(Number(raw.headers['content-length'] ?? bodyBytesMax), bodyBytesMax);
      const endsAt = now + windowMs + (1000 * sharesMax * bytes) / bodyBytesPerSecondMin;
      arrivals.set(raw, { request, reply, endsAt, goodAt: now, bytesAtGood: raw.socket.bytesRead, isSuspect: false });
      raw.once('close', () => arrivals.delete(raw));
    }
    done();
  });

  const timer = setInterval(() => {
    const now = performance.now();
    const shares = sharesOf([...arrivals.values()]);
    for (const [raw, arrival] of arrivals) {
      if (raw.complete || raw.socket.destroyed) arrivals.delete(raw);
      else if (isTooSlow(arrival, now, bodyBytesPerSecondMin / shares(arrival))) {
        arrivals.delete(raw);
        letGo(arrival);
      }
    }
  }, everyMs);
  timer.unref();
  server.addHook('onClose', (_server, done) => {
    clearInterval(timer);
    done();
  });

  function isTooSlow(arrival: Arrival, now: number, bytesPerSecondMin: number): boolean {
    const { socket, readableLength } = arrival.request.raw;
    const elapsedMs = now - arrival.goodAt;
    const isBehind = socket.bytesRead - arrival.bytesAtGood < (bytesPerSecondMin * elapsedMs) / 1000;
    const waitsForUs = readableLength > 0;
    if (waitsForUs || (elapsedMs >= windowMs && !isBehind)) {
      arrival.goodAt = now;
      arrival.bytesAtGood = socket.bytesRead;
    }
    if (waitsForUs) arrival.endsAt += everyMs;
    const wasSuspect = arrival.isSuspect;
    arrival.isSuspect = !waitsForUs && ((elapsedMs >= windowMs && isBehind) || now > arrival.endsAt);
    return arrival.isSuspect && wasSuspect;
  }
}

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

/** Over how many bodies the sender of one spreads its link: 1 for a stranger, who has no reason to. */
function sharesOf(arrivals: readonly Arrival[]): (arrival: Arrival) => number {
  const counts = new Map<string, number>();
  for (const { request } of arrivals) {
    const id = request.caller?.deviceId;
    if (id !== undefined) counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return ({ request: { caller } }) => Math.min(sharesMax, counts.get(caller?.deviceId ?? '') ?? 1);
}

/** Answers, unless something was answered already, and ends the connection, which ends whatever still reads from it. */
function letGo({ request, reply }: Arrival): void {
  if (reply.sent) return void request.raw.destroy();
  const problem = problemOf('request.timeout', { requestId: request.id });
  reply.raw.once('finish', () => request.raw.destroy());
  void reply.header('connection', 'close').status(problem.status).type('application/problem+json').send(problem);
}
