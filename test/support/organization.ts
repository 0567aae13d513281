/** An organization whose chain is signed here, entry by entry, without a server: honest, or however a test wants it. */
import {
  Membership,
  fromBase64,
  signedFromWire,
  signedToWire,
  sha256,
  toBase64,
  type DeviceKind,
  type MembershipHead,
  type MembershipPage,
  type Previews,
  type SignedRecord,
} from '../../protocol/src/index.js';
import { generateSecretKey, writeSecretKey, type SecretKey } from '../../clients/sdk/src/crypto/openpgp.js';
import { signEntries, type EntryDraft } from '../../clients/sdk/src/identity/append.js';
import { proveDevice } from '../../clients/sdk/src/identity/device-records.js';
import { newKeyring, type Keyring } from '../../clients/sdk/src/identity/keyring.js';

export interface Person {
  readonly memberId: string;
  readonly key: SecretKey;
  /** The key in the recovery kit. */
  readonly recovery: SecretKey;
}
export interface Machine {
  readonly deviceId: string;
  readonly person: Person;
  readonly kind: DeviceKind;
  readonly key: SecretKey;
}

export const createdAt = '2026-01-01T00:00:00.000Z';
/** Of challenges and sessions. */
const expiresAt = '2036-01-01T00:00:00.000Z';

export class Organization {
  readonly organizationId = crypto.randomUUID();
  readonly entries: SignedRecord[] = [];
  owner!: Person;
  laptop!: Machine;
  /** Of the chain as it is; every entry so far belongs. */
  membership!: Membership;

  private constructor(readonly root: SecretKey) {}

  /** An owner with a laptop. */
  static async found(receiptKey = { origin: 'test', publicKey: toBase64(new Uint8Array(32)) }): Promise<Organization> {
    const organization = new Organization(await generateSecretKey('root', 'signing'));
    await organization.append(await organization.founding(receiptKey));
    organization.owner = await organization.addMember('owner');
    organization.laptop = await organization.addDevice(organization.owner);
    return organization;
  }

  get rootFp(): string {
    return this.root.certificate.fingerprint;
  }

  page(from = 0): MembershipPage {
    return { size: this.entries.length, entries: this.entries.slice(from) };
  }

  /** Signs it for the next place, or for the one after another head. */
  async sign(draft: EntryDraft, after: MembershipHead | null = this.membership?.head ?? null): Promise<SignedRecord> {
    const [entry] = await signEntries([draft], { organizationId: this.organizationId, createdAt, after });
    return signedToWire(entry!);
  }

  /** Signs it and puts it in the chain. @throws MembershipError where it does not belong there: then nothing has changed */
  async append(draft: EntryDraft): Promise<void> {
    await this.take([await this.sign(draft)]);
  }

  /** Puts in the chain what anybody signed. @throws MembershipError where it does not belong there: then nothing has changed */
  async take(entries: readonly SignedRecord[]): Promise<void> {
    const signed = entries.map(signedFromWire);
    this.membership = this.membership
      ? await this.membership.with(signed)
      : await Membership.found(signed[0]!, this.rootFp);
    this.entries.push(...entries);
  }

  /** What an honest server answers to a log-in and to whoever reads the chain; undefined to anything else. */
  answer(url: URL | string, { deviceId }: Machine = this.laptop): object | undefined {
    const { pathname, searchParams } = new URL(url);
    const { organizationId } = this;
    const challenge = toBase64(new Uint8Array(32));
    if (pathname.endsWith('/challenges')) return { challenge, organizationId, expiresAt };
    if (pathname.endsWith('/sessions')) return { token: 'token', deviceId, expiresAt };
    if (pathname.endsWith('/membership')) return this.page(Number(searchParams.get('from')));
    return undefined;
  }

  async addMember(role: 'owner' | 'member'): Promise<Person> {
    const person = await newPerson(role);
    await this.append(this.memberDraft(person, role));
    return person;
  }

  /** By the root for an owner, by the owner's laptop for others. */
  memberDraft({ memberId, key, recovery }: Person, role: 'owner' | 'member', by?: Machine): EntryDraft {
    const author = by ?? (role === 'owner' ? undefined : this.laptop);
    const signer = author ? as(author) : ({ by: 'root' } as const);
    const certificates = { certificate: octets(key), recoveryCertificate: octets(recovery) };
    return {
      said: { type: 'member', signer, memberId, name: role, role, ...certificates },
      key: author?.key ?? this.root,
    };
  }

  async addDevice(person: Person, kind: DeviceKind = 'full', change: DeviceChange = {}): Promise<Machine> {
    const machine = await newMachine(person, kind);
    await this.append(await this.deviceDraft(machine, change));
    return machine;
  }

  /** By the member's kit, unless it is said by whom. */
  async deviceDraft(
    { deviceId, person, kind, key }: Machine,
    { by, ...change }: DeviceChange = {},
  ): Promise<EntryDraft> {
    const { memberId } = person;
    const signer = by ? as(by) : ({ by: 'recovery', memberId } as const);
    const proof = await proveDevice(key, this.organizationId, deviceId);
    const limits = { projects: kind === 'upload-only' ? [] : null, expiresAt: null };
    const known = { memberId, deviceId, kind, label: kind, certificate: octets(key), proof };
    return { said: { type: 'device', signer, ...known, ...limits, ...change }, key: by?.key ?? person.recovery };
  }

  revocationDraft(of: Machine, by: Machine): EntryDraft {
    return { said: { type: 'revocation', signer: as(by), deviceId: of.deviceId, reason: '' }, key: by.key };
  }

  /** By the member's kit, unless it is said by whom; for all its full devices, unless it is said for which. */
  async certificateDraft(
    { memberId, recovery }: Person,
    memberKey: SecretKey,
    { by, keys }: { by?: Machine; keys?: { deviceId: string; sealed: string }[] } = {},
  ): Promise<EntryDraft> {
    const signer = by ? as(by) : ({ by: 'recovery', memberId } as const);
    const sealed = toBase64(await sha256(new Uint8Array(1)));
    const all = this.membership.fullDevicesOf(memberId).map(({ record: { deviceId } }) => ({ deviceId, sealed }));
    const known = { memberId, certificate: octets(memberKey), keys: keys ?? all, backup: sealed };
    return { said: { type: 'certificate', signer, ...known }, key: by?.key ?? recovery };
  }

  projectDraft(projectId: string, previews: Previews = { mode: 'sealed' }, by = this.laptop): EntryDraft {
    return { said: { type: 'project', signer: as(by), projectId, previews }, key: by.key };
  }

  /** @param sealed the envelopes of that epoch, by member id */
  async epochDraft(
    projectId: string,
    epochKey: SecretKey,
    sealed: Readonly<Record<string, Uint8Array>>,
    { epoch = 1, by = this.laptop }: { epoch?: number; by?: Machine } = {},
  ): Promise<EntryDraft> {
    const members = await Promise.all(
      Object.entries(sealed).map(async ([memberId, one]) => ({ memberId, sealed: toBase64(await sha256(one)) })),
    );
    const known = { projectId, epoch, certificate: octets(epochKey), members };
    return { said: { type: 'epoch', signer: as(by), ...known }, key: by.key };
  }

  /** What that device keeps. */
  keyringOf({ deviceId, person, kind, key }: Machine, server = 'http://127.0.0.1:1'): Keyring {
    const { organizationId, rootFp } = this;
    return newKeyring({
      ...{ server, organizationId, rootFp, memberId: person.memberId, deviceId, kind },
      deviceSecretKey: toBase64(writeSecretKey(key)),
      memberSecretKeys: kind === 'full' ? [toBase64(writeSecretKey(person.key))] : null,
    });
  }

  private async founding(receiptKey: { origin: string; publicKey: string }): Promise<EntryDraft> {
    const said = {
      type: 'organization',
      signer: { by: 'root' },
      name: 'Org',
      certificate: octets(this.root),
      receiptKey,
    };
    return { said: said as EntryDraft['said'], key: this.root };
  }
}

interface DeviceChange {
  readonly by?: Machine;
  readonly projects?: string[] | null;
  readonly expiresAt?: string | null;
  readonly label?: string;
  readonly proof?: string;
}

export const as = ({ deviceId, person: { memberId } }: Machine) => ({ by: 'device', memberId, deviceId }) as const;
const octets = (key: SecretKey): string => toBase64(key.certificate.bytes);

export const newPerson = async (name: string): Promise<Person> => ({
  memberId: crypto.randomUUID(),
  key: await generateSecretKey(name, 'encrypting'),
  recovery: await generateSecretKey(`${name} (recovery kit)`, 'encrypting'),
});

export const newMachine = async (person: Person, kind: DeviceKind = 'full'): Promise<Machine> => ({
  deviceId: crypto.randomUUID(),
  person,
  kind,
  key: await generateSecretKey(kind, kind === 'upload-only' ? 'signing' : 'encrypting'),
});

/** The record in an entry, as plain JSON. */
export const recordIn = (entry: SignedRecord): Record<string, unknown> =>
  JSON.parse(Buffer.from(fromBase64(entry.bytes)).toString()) as Record<string, unknown>;
