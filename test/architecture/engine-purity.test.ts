import path from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { assert } from '#domain/assert';
import { ROOT } from '#test/architecture/layer-rules';

/** Where the probe pretends to stand. */
const PROBE = path.join(ROOT, 'src-main', 'engine', 'purity-probe.ts');

/** Parsed once for all probes: the compiler's own library is most of the work. */
const parsed = new Map<string, ts.SourceFile | undefined>();
/** A compiler at work on a busy machine. */
const COMPILE_TIMEOUT_MS = 60_000;

/** What the engine's compiler settings say about one module of the engine. */
function complaintsAbout(content: string): readonly string[] {
  const settings = ts.getParsedCommandLineOfConfigFile(path.join(ROOT, 'tsconfig.engine.json'), undefined, {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: ({ messageText }) => {
      throw new Error(ts.flattenDiagnosticMessageText(messageText, '\n'));
    },
  });
  assert(settings !== undefined, 'tsconfig.engine.json can be read');
  const options = { ...settings.options, incremental: false };
  const disk = ts.createCompilerHost(options);
  const host: ts.CompilerHost = {
    ...disk,
    fileExists: (name) => path.resolve(name) === PROBE || disk.fileExists(name),
    readFile: (name) => (path.resolve(name) === PROBE ? content : disk.readFile(name)),
    getSourceFile: (name, version) => {
      if (path.resolve(name) === PROBE) return ts.createSourceFile(name, content, version);
      if (!parsed.has(name)) parsed.set(name, disk.getSourceFile(name, version));
      return parsed.get(name);
    },
  };
  const program = ts.createProgram([PROBE], options, host);
  const probe = program.getSourceFile(PROBE);
  assert(probe !== undefined, 'the probe is part of the program');
  return [
    ...program.getOptionsDiagnostics(),
    ...program.getSyntacticDiagnostics(probe),
    ...program.getSemanticDiagnostics(probe),
  ].map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}

describe('the engine can not reach the world: its compiler settings refuse', { timeout: COMPILE_TIMEOUT_MS }, () => {
  test.each([
    ['a file', `import { readFileSync } from 'node:fs';\nexport const text = readFileSync('x');\n`, 'node:fs'],
    ['a timer', `export const timer = setTimeout(() => undefined, 1);\n`, 'setTimeout'],
    ['the process', `export const mode = process.env;\n`, 'process'],
    ['the network', `export const answer = fetch('http://127.0.0.1');\n`, 'fetch'],
    ['the console', `console.log('filled');\n`, 'console'],
    ['the page', `export const title = document.title;\n`, 'document'],
  ])('%s', (_, content, name) => {
    expect(complaintsAbout(content).join('\n')).toContain(`'${name}'`);
  });

  test('and nothing of plain arithmetic over the domain', () => {
    const content = `import { add, type Money } from '#domain/money';\nexport const twice = (a: Money): Money => add(a, a);\n`;
    expect(complaintsAbout(content)).toEqual([]);
  });
});
