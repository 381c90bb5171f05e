/** The drawings of what a system asks for: files of their own, which a page carries as markup. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import type { Locator } from '@playwright/test';

const FOLDER = new URL('../../src/ui/pictures/', import.meta.url);

export const drawing = {
  /** The one in the file of this name. */
  named: (name: string): string[] => lines(readFileSync(fileURLToPath(new URL(`${name}.svg`, FOLDER)), 'utf8')),
  /** The one on a page. */
  on: async (picture: Locator): Promise<string[]> => lines(await picture.innerHTML()),
};

/** What is drawn, line by line; a browser closes the elements in words of its own. */
function lines(svg: string): string[] {
  const found = svg.match(/<(?:path|rect|circle) [^<>/]+/g);
  if (!found) throw new Error(`Nothing is drawn in: ${svg}`);
  return found.map((line) => line.trim());
}
