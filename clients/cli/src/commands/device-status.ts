import type { Command } from 'commander';
import { homeFolder, withAerie } from '../client.js';
import { jsonOption, showing } from '../command.js';
import { clockRemark, visible } from '../format.js';
import { remindOfKeys } from '../rotation.js';

export function addStatus(parent: Command): void {
  parent
    .command('status')
    .description('show which server, organization, member and device this is')
    .option(...jsonOption)
    .action(
      showing(async (output) => {
        await withAerie(output, async (aerie) => {
          const { server, organizationId, memberId, deviceId, kind } = aerie.keyring;
          const devices = await aerie.devices.list();
          const device = devices.find(({ thisDevice }) => thisDevice);
          const projects = (await aerie.projects.list()).map(({ projectId, name }) => ({ projectId, name }));
          const member = device?.member ?? null;
          const clockAheadSeconds = await aerie.clockAheadSeconds();
          const keysToReplace = await remindOfKeys(output, aerie);
          const value = {
            home: homeFolder(),
            server,
            organizationId,
            memberId,
            member,
            deviceId,
            kind,
            projects,
            clockAheadSeconds,
            keysToReplace,
          };
          output.result(value, () => [
            `Server        ${server}`,
            `Organization  ${organizationId}`,
            `Member        ${visible(member ?? '')} ${memberId}`,
            `Device        ${deviceId}, ${kind}${device?.expiresAt ? `, until ${device.expiresAt.slice(0, 10)}` : ''}`,
            `Keys          ${homeFolder()}`,
            ...clockLine(clockAheadSeconds),
            ...projects.map(
              ({ projectId, name }, at) => `${at === 0 ? 'Projects' : '        '}      ${projectId}  ${visible(name)}`,
            ),
          ]);
        });
      }),
    );
}

const clockLine = (aheadSeconds: number): string[] => {
  const remark = clockRemark(aheadSeconds);
  return remark ? [`Clock         ${remark}`] : [];
};
