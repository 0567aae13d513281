import './no-eval.js';
export * from './sealed.js';
export * from './limits.js';
export * from './errors.js';
export * from './ids.js';
export * from './bytes.js';
export * from './digest.js';
export type { Soon } from './primitives/primitives.port.js';
export * from './records/canonical.js';
export * from './records/records.js';
export * from './records/device-name.js';
export * from './records/verify.js';
export * from './records/signature-packet.js';
export * from './records/receipt.js';
export * from './records/entries.js';
export type {
  MemberCertificate,
  TrustedDevice,
  TrustedEpoch,
  TrustedMember,
  TrustedProject,
} from './membership/state.js';
export * from './membership/membership-error.js';
export * from './membership/membership.js';
export { entryDigest } from './membership/reading.js';
export * from './format/sealed-content.js';
export * from './wire/problem.js';
export * from './wire/frame.js';
export * from './wire/route.js';
export * from './wire/shapes.js';
export * from './wire/membership.js';
export * from './wire/identity.js';
export * from './wire/pairings.js';
export * from './wire/projects.js';
export * from './wire/uploads.js';
export * from './wire/media.js';
export * from './wire/admin.js';
export * from './wire/routes.js';
export * from './format/padme.js';
export * from './format/header.js';
export * from './format/segments.js';
export * from './format/layout.js';
export * from './format/capture-facts.js';
export * from './format/web-release.js';
