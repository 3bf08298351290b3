import { EventEmitter } from 'node:events';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { watchDirectory } from '#adapters/system/directory-watch';
import { temporaryDirectory } from '#test/builders/temporary-directory';

test('a file is seen that is written, and one that takes its place; other files are not', async () => {
  const directory = await temporaryDirectory();
  const file = join(directory, 'limits.json');
  const watch = watchDirectory(directory, () => undefined);
  onTestFinished(() => {
    watch.close();
  });
  let changes = 0;
  let others = 0;
  watch.watch('limits.json', () => (changes += 1));
  watch.watch('sectors.json', () => (others += 1));
  await writeFile(file, '1');
  await vi.waitFor(() => {
    expect(changes).toBeGreaterThan(0);
  });
  const before = changes;
  await writeFile(join(directory, 'new.json'), '2');
  await rename(join(directory, 'new.json'), file);
  await vi.waitFor(() => {
    expect(changes).toBeGreaterThan(before);
  });
  expect(others).toBe(0);
});

test('where the system does not say which file it was, all may have changed; an ended watch is told', () => {
  const system = new EventEmitter();
  let tell: (name: string | null) => void = () => undefined;
  let closed = 0;
  const faults: unknown[] = [];
  const watch = watchDirectory(
    '/data',
    (error) => faults.push(error),
    (_, changed) => {
      tell = (name) => {
        changed('change', name);
      };
      return { on: (event, failed) => system.on(event, failed), close: () => (closed += 1) };
    },
  );
  const seen: string[] = [];
  watch.watch('limits.json', () => seen.push('limits'));
  const stop = watch.watch('sectors.json', () => seen.push('sectors'));
  watch.watch('sectors.json', () => seen.push('sectors too'));
  tell(null);
  stop();
  tell('sectors.json');
  expect(seen).toEqual(['limits', 'sectors', 'sectors too', 'sectors too']);
  system.emit('error', new Error('the directory is gone'));
  expect(String(faults[0])).toMatch(/Edits of files in \/data are not seen until the next start: .*gone$/);
  watch.close();
  expect(closed).toBe(1);
});

test('a system that has no watch left is told of, and nothing else is wrong', () => {
  const faults: unknown[] = [];
  const watch = watchDirectory(
    '/data',
    (error) => faults.push(error),
    () => {
      throw new Error('ENOSPC: no watches left');
    },
  );
  watch.watch('limits.json', () => undefined);
  watch.close();
  expect(String(faults[0])).toContain('ENOSPC: no watches left');
});
