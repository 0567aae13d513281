/** What an auditor keeps of a check: all of it as JSON, or to be read by people. */
import { visible } from '../../platform/i18n/visible.js';
import { problemText } from '../../platform/i18n/problems.js';
import type { CheckedMedia, Subject } from './checked.js';
import { reportTexts as t } from './checks-texts.js';

export interface Findings {
  readonly subject: Subject;
  /** RFC 3339. */
  readonly startedAt: string;
  readonly endedAt: string;
  /** Whether every media has its verdict. */
  readonly isComplete: boolean;
  readonly checked: readonly CheckedMedia[];
}

export function reportJson({ subject, startedAt, endedAt, isComplete, checked }: Findings): string {
  const { projectId, project, organization, rootFp, server } = subject;
  const media = checked.map(({ sealedBytes: _, isSound, ...one }) => ({
    ...one,
    verdict: isSound ? 'sound' : 'not-sound',
  }));
  const sound = checked.filter(({ isSound }) => isSound).length;
  const result = { isComplete, sound, notSound: checked.length - sound };
  const about = { organization, rootFp, server, projectId, project, startedAt, endedAt };
  return `${JSON.stringify({ format: 'aerie-check-report/1', ...about, ...result, media }, null, 2)}\n`;
}

/** In the language of now. */
export function reportText({ subject, startedAt, endedAt, isComplete, checked }: Findings): string {
  const sound = checked.filter(({ isSound }) => isSound).length;
  return [
    t.title,
    '',
    `${t.organization}: ${visible(subject.organization)}`,
    `${t.root}: ${subject.rootFp}`,
    `${t.project}: ${visible(subject.project)} (${subject.projectId})`,
    `${t.server}: ${subject.server}`,
    `${t.begun}: ${startedAt}`,
    `${t.ended}: ${endedAt}`,
    `${t.media}: ${t.result(sound, checked.length - sound)}`,
    isComplete ? t.complete : t.incomplete,
    '',
    t.digest,
    '',
    ...checked.flatMap(lines),
    '',
  ].join('\n');
}

function lines({ mediaId, paths, sha256, isSound, problem }: CheckedMedia): string[] {
  const verdict = isSound ? t.sound : t.bad;
  const [path = `(${t.unnamed})`, ...further] = paths;
  const about = [`${sha256 ?? '-'.repeat(64)}  ${verdict}  ${visible(path)}  ${mediaId}`];
  about.push(...further.map((also) => `    ${t.also} ${visible(also)}`));
  if (!problem) return about;
  const { code, message, hint } = problemText(problem);
  return [...about, `    ${visible(message)} ${hint} [${code}]`];
}
