import { expect, type Locator } from '@playwright/test';

import { Screen } from './screen.ts';

/** How to sign in, where one is signed in, known browsers, activity, and the ways to change all that. */
export class Account extends Screen {
  readonly step = 'account';
  readonly heading = this.headingNamed('Account');
  readonly back = this.link('Back to the dashboard');
  readonly changeUsername = this.link('Change email or username');
  readonly changePassword = this.link('Change password');
  readonly download = this.link('Download your data');
  readonly deleteAccount = this.link('Delete account');
  readonly usePasskey = this.button('Use a passkey');
  readonly sessions = this.list('Where you are signed in');
  readonly browsers = this.list('Known browsers');
  readonly activity = this.list('Recent activity');
  readonly madeWithTheOldPassword = this.list('Passkeys made with the old password');
  readonly signOutElsewhere = this.button('Sign out everywhere else');
  readonly forgetOthers = this.button('Forget all other browsers');

  /** Takes a line off its list: signs a session out, forgets a browser. */
  endIn(line: Locator): Locator {
    return line.getByRole('button');
  }

  private list(name: string): Locator {
    return this.page.getByRole('list', { name, exact: true }).getByRole('listitem');
  }
}

/** One thing to change, on a page of its own. */
abstract class Change extends Screen {
  readonly currentPassword = this.page.getByLabel('Current password', { exact: true });
  readonly usePasskey = this.button('Use a passkey');
  readonly back = this.link('Back to your account');
}

export class ChangePassword extends Change {
  readonly step = 'change-password';
  readonly heading = this.headingNamed('Change your password');
  readonly newPassword = this.page.getByLabel('New password', { exact: true });
  readonly change = this.button('Change password');
}

export class ChangeUsername extends Change {
  readonly step = 'change-identifier';
  readonly heading = this.headingNamed('Change your email or username');
  readonly username = this.page.getByRole('textbox', { name: 'New email or username', exact: true });
  readonly change = this.button('Change it');
}

export class DeleteAccount extends Change {
  readonly step = 'delete-account';
  readonly heading = this.headingNamed('Delete your account');
  readonly confirmation = this.page.getByRole('textbox', { name: /^Type .+ to confirm$/ });
  readonly delete = this.button('Delete account');
}

/** After an account was deleted. */
export class Goodbye extends Screen {
  readonly step = 'told';
  readonly heading = this.headingNamed('Your account is gone');

  override async isShown(): Promise<void> {
    await super.isShown();
    await expect(this.page).toHaveURL(/\/goodbye$/);
  }
}
