/** A program for the crash test: appends notes without end and prints each sequence that became durable. */
import { writeSync } from 'node:fs';
import { present } from '#domain/assert';
import { notes, openNotes } from '#test/builders/note-journal';

const BURST = 40;
const STDOUT = 1;

const { journal } = await openNotes(present(process.argv[2], 'the directory'), { limits: { segmentBytesMax: 20_000 } });
const appendBurst = (): void => {
  const last = journal.position.sequence;
  journal.append(notes(last + 1, last + BURST));
};
journal.onDurable((durable) => {
  writeSync(STDOUT, `${durable}\n`);
  appendBurst();
});
appendBurst();
