/**
 * Starts Keymend's server for a test run: an own data folder, an own port, and everything else as in Leptos.toml.
 * Plain JavaScript, because `serve.mjs` runs it without a build.
 */
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = resolve(fileURLToPath(import.meta.url), '../../..');

/** How long a server may take to answer for the first time. */
const START_MS = 20_000;

/** Relative paths in the environment are meant from the top of the repository. */
export function binary() {
  return resolve(ROOT, process.env.KEYMEND_BIN ?? 'target/debug/keymend');
}

/**
 * @param {number} port
 * @param {string} data
 * @returns {Record<string, string>}
 */
export function environment(port, data) {
  return {
    KEYMEND_CONFIG: resolve(ROOT, process.env.KEYMEND_CONFIG ?? 'Leptos.toml'),
    LEPTOS_SITE_ADDR: `127.0.0.1:${port}`,
    LEPTOS_SITE_ROOT: resolve(ROOT, process.env.LEPTOS_SITE_ROOT ?? 'target/site'),
    KEYMEND__RELYING_PARTY__ORIGIN: `http://localhost:${port}`,
    KEYMEND__SERVER__DATA: data,
  };
}

/**
 * Runs a command of the program on this data, as an operator does while the server runs, and returns what it prints.
 *
 * @param {{ port: number, data: string }} where
 * @param {string[]} words
 */
export async function runKeymend({ port, data }, words) {
  const { stdout } = await promisify(execFile)(binary(), words, { env: { ...process.env, ...environment(port, data) } });
  return stdout;
}

export function dataFolder() {
  return mkdtemp(join(tmpdir(), 'keymend-end2end-'));
}

/** @param {string} data */
export function removeDataFolder(data) {
  return rm(data, { recursive: true, force: true });
}

/** @returns {Promise<number>} */
export function freePort() {
  return new Promise((done, failed) => {
    const probe = createServer();
    probe.once('error', failed);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => (address && typeof address === 'object' ? done(address.port) : failed(new Error('no free port'))));
    });
  });
}

/**
 * Starts the server and waits until it answers on /healthz.
 *
 * @param {{ port: number, data: string, env?: Record<string, string>, output?: (text: string) => void }} options
 */
export async function startKeymend({ port, data, env = {}, output = () => {} }) {
  const child = spawn(binary(), ['serve'], {
    env: { ...process.env, ...environment(port, data), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.on('data', (chunk) => output(String(chunk)));
  child.stderr.on('data', (chunk) => output(String(chunk)));
  /** @type {string | undefined} */
  let ended;
  const end = new Promise((done) => {
    child.once('error', (error) => done((ended = error.message)));
    child.once('exit', (code, signal) => done((ended = `it ended with ${signal ?? code}`)));
  });

  const origin = `http://127.0.0.1:${port}`;
  const deadline = Date.now() + START_MS;
  while (!(await answers(origin))) {
    if (ended !== undefined) throw new Error(`Keymend did not start: ${ended} (${binary()})`);
    if (Date.now() > deadline) {
      child.kill('SIGKILL');
      throw new Error(`Keymend did not answer on ${origin}/healthz within ${START_MS / 1000} s`);
    }
    await new Promise((again) => setTimeout(again, 50));
  }

  return {
    end,
    /** @param {NodeJS.Signals} [signal] */
    async stop(signal = 'SIGTERM') {
      if (ended === undefined) child.kill(signal);
      const patience = setTimeout(() => child.kill('SIGKILL'), 5_000);
      await end;
      clearTimeout(patience);
    },
  };
}

/** @param {string} origin */
async function answers(origin) {
  try {
    return (await fetch(`${origin}/healthz`)).ok;
  } catch {
    return false;
  }
}
