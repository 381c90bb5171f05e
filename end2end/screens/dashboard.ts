import { expect, type Locator } from '@playwright/test';

import type { Provider } from '../support/providers.ts';
import { Screen } from './screen.ts';

export class Dashboard extends Screen {
  readonly step = 'dashboard';
  readonly heading = this.headingNamed('Dashboard');
  readonly passkeys = this.page.getByRole('list', { name: 'Your passkeys', exact: true });
  readonly rows = this.passkeys.getByRole('listitem');
  readonly account = this.link('Account');
  readonly addPasskey = this.button('Add a passkey');
  readonly forgetBrowser = this.button('Forget this browser');
  readonly signOut = this.button('Sign out');
  readonly confirmAddress = this.link('Confirm email address');
  readonly recoveryCodes = this.link('Recovery codes');
  readonly notMe = this.link('This was not me');
  readonly save = this.button('Save');
  readonly confirmRemoval = this.button('Remove for good');
  readonly keep = this.button('Keep');
  /** Says that the passkey of a heal has signed in since. */
  readonly healConfirmed = this.page.locator('[data-heal="confirmed"]');

  /** The row of a passkey: by its provider, its name, or what it says about this browser. */
  row(about: string | RegExp | Provider): Locator {
    const hasText = typeof about === 'object' && 'reads' in about ? about.reads : about;
    return this.rows.filter({ hasText });
  }

  /** Unfolds what can be behind a passkey that is not here. */
  whyIn(row: Locator): Locator {
    return row.getByText('This can happen when …', { exact: true });
  }

  renameIn(row: Locator): Locator {
    return row.getByRole('button', { name: /^Rename / });
  }

  removeIn(row: Locator): Locator {
    return row.getByRole('button', { name: /^Remove / });
  }

  async rename(row: Locator, name: string): Promise<void> {
    await this.renameIn(row).click();
    await this.passkeys.getByRole('textbox').fill(name);
    await this.save.click();
  }

  /** Removes a passkey from the account, through the question that comes first. */
  async remove(row: Locator): Promise<void> {
    await this.removeIn(row).click();
    await this.confirmRemoval.click();
  }

  async hasPasskeys(count: number): Promise<void> {
    await expect(this.rows).toHaveCount(count);
  }
}

/** What a row says about its passkey in this browser. */
export const WORKS_HERE = 'Works here';
export const NOT_FOUND_HERE = 'Not found in this browser';
