import { formatDateTime } from '#domain/format';
import { alarmIdSchema } from '#domain/ids';
import type { Define } from '#cli/define';
import { EXIT } from '#cli/exit-code';
import { json, plain, table, type Column } from '#cli/format';
import { giveCommand } from '#cli/give-command';
import {
  addChangeOptions,
  addCommonOptions,
  addExample,
  parsedAs,
  type ChangeOptions,
  type CommonOptions,
} from '#cli/options';
import { reportFailure, withWorkstation } from '#cli/workstation';

const COLUMNS: readonly Column[] = [
  { title: 'Since', align: 'left' },
  { title: 'Severity', align: 'left' },
  { title: 'ID', align: 'left' },
  { title: 'Alarm', align: 'left' },
];

/** `alarms`: what a person has to see, and `alarms clear`. */
export const defineAlarms: Define = (command, io, end) => {
  command.description('Lists the alarms that nobody has cleared, or clears one.');
  const list = command.command('list', { isDefault: true }).description('the alarms that stand');
  addExample(addCommonOptions(list), 'alarms');
  list.action(async (options: CommonOptions) => {
    const code = await withWorkstation(io, options, async (client) => {
      const start = await client.feed.start();
      if (!start.ok) return reportFailure(io, start.error);
      const { alarms } = start.value.snapshot;
      if (options.json === true) io.out(json(alarms));
      else if (alarms.length === 0) io.out('No alarms.\n');
      else {
        const rows = alarms.map(({ at, severity, id, text }) =>
          [formatDateTime(at, io.timeZone), severity, id, text].map(plain),
        );
        io.out(table(COLUMNS, rows, io.colour));
      }
      return EXIT.done;
    });
    end(code);
  });

  const clear = command.command('clear').description('take an alarm off the screen').argument('<id>', 'the alarm');
  addExample(addChangeOptions(clear), 'alarms clear alarm-7');
  clear.action(async (text: string, options: ChangeOptions) => {
    const alarmId = parsedAs('ID', alarmIdSchema, text);
    const code = await withWorkstation(io, options, (client) =>
      giveCommand(io, client, options, { kind: 'clear-alarm', alarmId }, () => EXIT.done),
    );
    end(code);
  });
};
