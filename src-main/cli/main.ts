import { runCli } from './run-cli';
import { systemIo } from './system-io';

process.exitCode = await runCli(process.argv.slice(2), systemIo(process));
