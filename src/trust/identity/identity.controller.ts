import { Controller } from '@nestjs/common';
import { routes } from '@aerie/protocol';
import { Input, type InputOf, Serves } from '../../platform/http/serves.decorator.js';
import { type Caller, CurrentCaller } from './caller.js';
import { DeviceNamesService } from './device-names.service.js';
import { DevicesService } from './devices.service.js';
import { MemberKeysService } from './member-keys.service.js';
import { OrganizationService } from './organization.service.js';
import { PairingsService } from './pairings.service.js';
import { SessionsService } from './sessions.service.js';

@Controller()
export class IdentityController {
  constructor(
    private readonly organization: OrganizationService,
    private readonly devices: DevicesService,
    private readonly names: DeviceNamesService,
    private readonly memberKeys: MemberKeysService,
    private readonly pairings: PairingsService,
    private readonly sessions: SessionsService,
  ) {}

  @Serves(routes.describeServer)
  describeServer() {
    return this.organization.describe();
  }

  @Serves(routes.foundOrganization)
  found(@Input() { body }: InputOf<typeof routes.foundOrganization>) {
    return this.organization.found(body);
  }

  @Serves(routes.recover)
  recover(@Input() { body }: InputOf<typeof routes.recover>) {
    return this.organization.recover(body);
  }

  @Serves(routes.askChallenge)
  challenge(@Input() { body }: InputOf<typeof routes.askChallenge>) {
    return this.sessions.challenge(body.deviceId);
  }

  @Serves(routes.openSession)
  open(@Input() { body }: InputOf<typeof routes.openSession>) {
    return this.sessions.open(body.record);
  }

  @Serves(routes.endSession)
  end(@CurrentCaller() caller: Caller) {
    return this.sessions.end(caller);
  }

  @Serves(routes.listSessions)
  sessionsOf(@CurrentCaller() caller: Caller) {
    return this.sessions.list(caller);
  }

  @Serves(routes.endSessionOf)
  endOne(@CurrentCaller() caller: Caller, @Input() { params }: InputOf<typeof routes.endSessionOf>) {
    return this.sessions.endOne(caller, params.sessionId);
  }

  @Serves(routes.enrollDevice)
  async enroll(@Input() { body }: InputOf<typeof routes.enrollDevice>) {
    return { deviceId: await this.devices.enroll(body.entry) };
  }

  @Serves(routes.renameDevice)
  async rename(@CurrentCaller() caller: Caller, @Input() { params, body }: InputOf<typeof routes.renameDevice>) {
    await this.names.rename(caller, params.deviceId, body.entry);
    return { deviceId: params.deviceId };
  }

  @Serves(routes.revokeDevice)
  async revoke(@CurrentCaller() caller: Caller, @Input() { params, body }: InputOf<typeof routes.revokeDevice>) {
    await this.devices.revoke(caller, params.deviceId, body.entry);
    return { deviceId: params.deviceId };
  }

  @Serves(routes.rotateCertificate)
  async rotate(@CurrentCaller() caller: Caller, @Input() { params, body }: InputOf<typeof routes.rotateCertificate>) {
    await this.memberKeys.rotate(caller, params.memberId, body);
    return { memberId: params.memberId };
  }

  @Serves(routes.readMemberKeys)
  async keysOf(@CurrentCaller() caller: Caller, @Input() { query }: InputOf<typeof routes.readMemberKeys>) {
    return { keys: await this.memberKeys.keysOf(caller, query.from) };
  }

  @Serves(routes.createPairing)
  createPairing(@Input() { body }: InputOf<typeof routes.createPairing>) {
    return this.pairings.create(body);
  }

  @Serves(routes.readPairing)
  readPairing(@Input() { params }: InputOf<typeof routes.readPairing>) {
    return this.pairings.read(params.pairingId);
  }

  @Serves(routes.answerPairing)
  async answerPairing(@Input() { params, body }: InputOf<typeof routes.answerPairing>) {
    await this.pairings.answer(params.pairingId, body.answer);
    return { pairingId: params.pairingId };
  }

  @Serves(routes.offerRenderer)
  offerRenderer(@Input() { body }: InputOf<typeof routes.offerRenderer>) {
    return this.devices.offerRenderer(body);
  }

  @Serves(routes.readRenderer)
  renderer() {
    return this.devices.renderer();
  }
}
