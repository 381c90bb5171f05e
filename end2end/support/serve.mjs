/** The server that most tests share: `node support/serve.mjs 3100`. It ends, with its data, when this process is told to. */
import { mkdir } from 'node:fs/promises';

import { dataFolder, removeDataFolder, startKeymend } from './keymend.mjs';

const port = Number(process.argv[2] ?? 3100);
const data = process.env.KEYMEND_TEST_DATA ?? (await dataFolder());
let code = 0;
try {
  await mkdir(data, { recursive: true, mode: 0o700 });
  const server = await startKeymend({ port, data, output: (text) => process.stderr.write(text) });
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.once(signal, () => server.stop());
  await server.end;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  code = 1;
} finally {
  await removeDataFolder(data);
}
process.exit(code);
