import { expect } from '@playwright/test';

import { Screen } from './screen.ts';

/** The first screen: who are you? */
export class Identify extends Screen {
  readonly step = 'identify';
  readonly heading = this.headingNamed('Sign in');
  readonly identifier = this.page.getByRole('textbox', { name: 'Email or username', exact: true });
  readonly continue = this.button('Continue');
  readonly createAccount = this.page.getByRole('link', { name: 'Create an account', exact: true });
  /** One tap, in place of the field: the account that used its passkey in this browser last. */
  readonly oneTap = this.page.getByRole('button', { name: /^Continue as / });
  readonly useAnotherAccount = this.button('Use another account');
  /** Shows passkeys where there are some, in browsers that can do so. */
  readonly immediate = this.button('Sign in with a passkey');

  async submit(identifier: string): Promise<void> {
    await this.identifier.fill(identifier);
    await this.continue.click();
  }

  /** Leaves the account that this browser remembers, if it does: here is the field. */
  async asksWho(): Promise<void> {
    await expect(this.identifier.or(this.oneTap)).toBeVisible();
    if (await this.oneTap.isVisible()) await this.useAnotherAccount.click();
    await expect(this.identifier).toBeVisible();
  }
}

/** The passkey prompt is open, waits for a click, or has just not worked. */
export class UsePasskey extends Screen {
  readonly step = 'use-passkey';
  readonly heading = this.headingNamed('Use your passkey');
  /** After a failure. */
  readonly tryAgain = this.button('Try again');
  /** When nothing starts by itself: a reload, an unsure prediction. */
  readonly start = this.button('Use passkey');
  readonly usePassword = this.button('Use password instead');
}

export class EnterPassword extends Screen {
  readonly step = 'enter-password';
  readonly heading = this.headingNamed('Enter your password');
  readonly password = this.page.getByLabel('Password', { exact: true });
  readonly signIn = this.button('Sign in');
  readonly usePasskey = this.button('Use a passkey');
  readonly forgot = this.page.getByRole('link', { name: 'Forgot password?', exact: true });
  readonly emailCode = this.button('Email me a code');

  async submit(password: string): Promise<void> {
    await this.password.fill(password);
    await this.signIn.click();
  }
}

/** Under an address that passkeys and sign-ins do not belong to. */
export class WrongAddress extends Screen {
  readonly step = 'told';
  readonly heading = this.headingNamed('Use the secure address');
  readonly leadOn = this.page.getByRole('link', { name: /^Go to http/ });
}

/** After a password in a browser that never proved itself, on an account with passkeys; after a mailed code anywhere. */
export class NeedsProof extends Screen {
  readonly step = 'needs-proof';
  readonly heading = this.headingNamed('Adding a passkey needs one more proof');
  /** Where the password is such a proof. */
  readonly password = this.page.getByLabel('Password', { exact: true });
  readonly confirm = this.button('Confirm');
  readonly usePasskey = this.button('Use a passkey');
  readonly continue = this.button('Continue');
}
